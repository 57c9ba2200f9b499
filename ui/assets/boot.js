// Loads the app. A file of its own, because the page's policy allows no inline script.
import init from "/{{ui.js}}";

init({ module_or_path: "/{{ui.wasm}}" }).catch((error) => {
  const text = document.createElement("p");
  text.className = "boot-error";
  text.textContent = `Alidade could not start in this browser: ${error}. Reload the page; if that does not help, update the browser.`;
  document.body.append(text);
  throw error;
});
