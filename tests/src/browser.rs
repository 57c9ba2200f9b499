//! Chromium over its DevTools protocol: as much of it as the tests need.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

const DEADLINE: Duration = Duration::from_secs(30);

/// A browser with one page. Closed when dropped.
pub struct Browser {
    process: Child,
    _profile: tempfile::TempDir,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    session: String,
    next_id: u64,
    problems: Vec<String>,
}

fn program() -> PathBuf {
    std::env::var_os("ALIDADE_TEST_CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from)
}

/// Where screenshots are kept: `$ALIDADE_SCREENSHOTS`, or a folder in the target directory's folder for tests.
pub fn screenshots(target_tmpdir: &Path) -> PathBuf {
    std::env::var_os("ALIDADE_SCREENSHOTS").map_or_else(|| target_tmpdir.join("screenshots"), PathBuf::from)
}

impl Browser {
    /// Starts a headless browser and opens an empty page.
    pub fn launch() -> Self {
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--remote-debugging-port=0",
        ];
        let mut process = Command::new(program())
            .args(flags)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}: run these tests with `cargo xtask test`", program().display())
            });
        let address = devtools_address(profile.path(), &mut process);
        let (socket, _) = tungstenite::connect(&address).expect("a DevTools connection");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(DEADLINE)).expect("a read time-out");
        }
        let mut browser =
            Self { process, _profile: profile, socket, session: String::new(), next_id: 0, problems: Vec::new() };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.call(domain, json!({}));
        }
        browser
    }

    /// Sets the size of the page and the colour scheme that the reader prefers.
    pub fn view(&mut self, width: u32, height: u32, dark: bool) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// Opens an address.
    pub fn open(&mut self, url: &str) {
        let answer = self.call("Page.navigate", json!({"url": url}));
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
    }

    /// The value of a JavaScript expression; promises are awaited.
    pub fn eval(&mut self, expression: &str) -> Value {
        let arguments = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut answer = self.call("Runtime.evaluate", arguments);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    /// Waits until a JavaScript expression is true; answers its value.
    pub fn wait(&mut self, expression: &str) -> Value {
        let begin = Instant::now();
        let guarded = format!("(() => {{ try {{ return {expression}; }} catch (e) {{ return null; }} }})()");
        loop {
            let value = self.eval(&guarded);
            if !matches!(value, Value::Null | Value::Bool(false)) && value != json!("") && value != json!(0) {
                return value;
            }
            if begin.elapsed() > DEADLINE {
                let shot = std::env::temp_dir().join("alidade-browser-failure.png");
                self.screenshot(&shot);
                let text = self.eval("location.href + '\\n' + document.body.innerText.slice(0, 2000)");
                panic!("never true: {expression}\n{text}\n{:?}\nscreenshot: {}", self.problems, shot.display());
            }
            // The page works on its own; there is no event to wait for that fits every expression.
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits for an element.
    pub fn wait_for(&mut self, selector: &str) {
        self.wait(&format!("!!document.querySelector({})", json!(selector)));
    }

    /// Waits for an element that can be seen, and clicks into its middle as a mouse does.
    pub fn click(&mut self, selector: &str) {
        let quoted = json!(selector);
        let place = self.wait(&format!(
            "(() => {{ const e = document.querySelector({quoted}); e.scrollIntoView({{block: 'center'}}); \
             const r = e.getBoundingClientRect(); return r.width && r.height ? \
             [r.x + r.width / 2, r.y + r.height / 2] : null; }})()"
        ));
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({"type": kind, "x": place[0], "y": place[1], "button": button, "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Puts text into the focused element, as a keyboard does.
    pub fn insert_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Saves a PNG of what can be seen.
    pub fn screenshot(&mut self, path: &Path) {
        let answer = self.call("Page.captureScreenshot", json!({"format": "png"}));
        let data = STANDARD.decode(answer["data"].as_str().expect("a picture")).expect("base64");
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("a folder for screenshots");
        }
        std::fs::write(path, data).expect("write the screenshot");
    }

    /// Screenshots of a screen in light and dark, wide and narrow; nothing may still be loading, nothing may have failed,
    /// and nothing may be wider than the page.
    pub fn look(&mut self, folder: &Path, name: &str) {
        for (size, width, height) in [("wide", 1440, 900), ("narrow", 390, 844)] {
            for (scheme, dark) in [("light", false), ("dark", true)] {
                self.view(width, height, dark);
                self.wait("document.querySelectorAll('[data-testid=skeleton]').length === 0");
                let error = "document.querySelector('[data-testid=error]')?.innerText ?? null";
                assert_eq!(self.eval(error), Value::Null, "{name} shows an error");
                assert_eq!(self.take_problems(), Vec::<String>::new(), "errors on the console of {name}");
                // The new colours come with the next frames, some of them in a transition.
                self.eval("new Promise(done => requestAnimationFrame(() => setTimeout(done, 250)))");
                self.screenshot(&folder.join(format!("{name}-{size}-{scheme}.png")));
            }
            let overflow = self.eval("document.documentElement.scrollWidth - window.innerWidth");
            let overflow = overflow.as_f64().expect("a width");
            assert!(overflow <= 0.0, "{name} is {overflow} px wider than a page of {width} px");
        }
        self.view(1440, 900, false);
    }

    /// Exceptions and errors on the console since the last call.
    pub fn take_problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        let mut message = json!({"id": id, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(message.to_string())).expect("the browser listens");
        loop {
            let received = self.socket.read().unwrap_or_else(|error| panic!("{method}: {error}"));
            let Ok(text) = received.to_text() else { continue };
            let mut answer: Value = match serde_json::from_str(text) {
                Ok(answer) => answer,
                Err(_) => continue,
            };
            if answer["id"] == json!(id) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].take();
            }
            self.note(&answer);
        }
    }

    fn note(&mut self, event: &Value) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.problems.push(params["exceptionDetails"].to_string()),
            Some("Runtime.consoleAPICalled") if params["type"] == "error" => {
                self.problems.push(params["args"].to_string());
            }
            Some("Log.entryAdded") if params["entry"]["level"] == "error" => {
                self.problems.push(format!("{} {}", params["entry"]["text"], params["entry"]["url"]));
            }
            _ => {}
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn devtools_address(profile: &Path, process: &mut Child) -> String {
    let begin = Instant::now();
    loop {
        if let Ok(text) = std::fs::read_to_string(profile.join("DevToolsActivePort")) {
            let mut lines = text.lines();
            if let (Some(port), Some(path)) = (lines.next(), lines.next()) {
                return format!("ws://127.0.0.1:{port}{path}");
            }
        }
        assert!(process.try_wait().expect("a status").is_none(), "the browser ended");
        assert!(begin.elapsed() < DEADLINE, "the browser did not open its DevTools port");
        std::thread::sleep(Duration::from_millis(30));
    }
}
