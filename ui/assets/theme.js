// Before the first paint: the reader's own choice of theme, if there is one.
try {
  const theme = localStorage.getItem("alidade.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage is refused: the system's preference holds */ }
