//! A headless Chromium, spoken to in its own protocol over two pipes.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The browser; it ends with this value.
pub struct Chromium {
    process: Child,
    commands: File,
    answers: BufReader<File>,
    /// Its profile and its pipes.
    _folder: TempDir,
    said: u64,
    session: Option<String>,
    events: Vec<Value>,
}

/// How a page is looked at.
#[derive(Clone, Copy)]
pub struct View {
    pub width: u32,
    pub height: u32,
    /// Whether the page may move, as most readers have it.
    pub motion: bool,
    pub dark: bool,
    pub scripts: bool,
}

impl View {
    pub const DESK: Self = Self { width: 1280, height: 900, motion: false, dark: false, scripts: true };
    pub const DARK: Self = Self { dark: true, ..Self::DESK };
    pub const PHONE: Self = Self { width: 390, ..Self::DESK };
}

impl Chromium {
    /// Opens a file as a reader without network does.
    pub fn open(page: &Path, view: View) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pipes = ["commands", "answers"].map(|name| folder.path().join(name));
        assert!(Command::new("mkfifo").args(&pipes).status().unwrap().success());
        let program = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
        let process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<\"$COMMANDS\" 4>\"$ANSWERS\"", &program])
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-dev-shm-usage",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-quic",
            ])
            .args(["--remote-debugging-pipe", "about:blank"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .env("COMMANDS", &pipes[0])
            .env("ANSWERS", &pipes[1])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = File::create(&pipes[0]).unwrap();
        let answers = BufReader::new(File::open(&pipes[1]).unwrap());
        let mut browser =
            Self { process, commands, answers, _folder: folder, said: 0, session: None, events: Vec::new() };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let session = browser.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        let offline =
            json!({ "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        browser.call("Network.emulateNetworkConditions", offline);
        let scheme = if view.dark { "dark" } else { "light" };
        let scheme = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": if view.motion { "no-preference" } else { "reduce" } },
        ]);
        browser.call("Emulation.setEmulatedMedia", json!({ "features": scheme }));
        let phone = view.width < 500;
        let size =
            json!({ "width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": phone });
        browser.call("Emulation.setDeviceMetricsOverride", size);
        browser.call("Emulation.setScriptExecutionDisabled", json!({ "value": !view.scripts }));
        browser.go(&format!("file://{}", page.display()));
        browser
    }

    /// Loads an address.
    pub fn go(&mut self, address: &str) {
        self.call("Page.navigate", json!({ "url": "about:blank" }));
        let (mut next, mut there) = (self.events.len(), false);
        self.call("Page.navigate", json!({ "url": address }));
        loop {
            if next == self.events.len() {
                let event = self.read();
                self.events.push(event);
            }
            let event = &self.events[next];
            let url = event["params"]["frame"]["url"].as_str().unwrap_or_default();
            there |= event["method"] == "Page.frameNavigated" && url.starts_with("file:");
            if there && event["method"] == "Page.loadEventFired" {
                return;
            }
            next += 1;
        }
    }

    /// The value of an expression on the page; a promise is waited for.
    pub fn value(&mut self, expression: &str) -> Value {
        let how = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", how);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression holds.
    pub fn wait_for(&mut self, expression: &str) {
        let waiting = format!(
            "new Promise(done => {{ const end = Date.now() + 5000; const look = () => {{ \
             if ({expression}) done(true); else if (Date.now() > end) done(false); else setTimeout(look, 20); }}; look(); }})"
        );
        assert_eq!(self.value(&waiting), true, "{expression} does not come true");
    }

    /// Moves the pointer to the middle of an element, and clicks if asked.
    pub fn point(&mut self, selector: &str, click: bool) {
        let place = format!(
            "(() => {{ const it = document.querySelector({selector:?}); it.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = it.getClientRects()[0]; return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        );
        let at = self.value(&place);
        let kinds: &[&str] =
            if click { &["mouseMoved", "mousePressed", "mouseReleased"] } else { &["mouseMoved"] };
        for kind in kinds {
            let button = if *kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({ "type": kind, "x": at[0], "y": at[1], "button": button, "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Presses a key that writes nothing.
    pub fn press(&mut self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Types text into what has the focus.
    pub fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Shows the page as it is printed.
    pub fn print(&mut self) {
        self.call("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    }

    /// The pages of A4 that it takes, as a PDF.
    pub fn printed(&mut self) -> Vec<u8> {
        let paper = json!({ "paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": true });
        let answer = self.call("Page.printToPDF", paper);
        let data = answer["data"].as_str().unwrap();
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap()
    }

    /// Keeps a picture of what is seen, for people to look at.
    pub fn picture(&mut self, name: &str) {
        let answer = self.call("Page.captureScreenshot", json!({}));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/page/pictures");
        fs::create_dir_all(&folder).unwrap();
        let picture = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            answer["data"].as_str().unwrap(),
        );
        fs::write(folder.join(name).with_added_extension("png"), picture.unwrap()).unwrap();
    }

    /// Errors that the page or the browser reported, and requests for anything but the file and what is in it.
    pub fn complaints(&self) -> Vec<String> {
        let told = |event: &Value| {
            let params = &event["params"];
            let own =
                |url: &str| ["file:", "data:", "blob:", "about:"].iter().any(|own| url.starts_with(own));
            match event["method"].as_str()? {
                "Runtime.exceptionThrown" => Some(params["exceptionDetails"].to_string()),
                "Runtime.consoleAPICalled" if params["type"] == "error" => Some(params["args"].to_string()),
                "Log.entryAdded" if params["entry"]["level"] == "error" => Some(params["entry"].to_string()),
                "Network.requestWillBeSent" => {
                    let url = params["request"]["url"].as_str()?;
                    (!own(url)).then(|| format!("asks for {url}"))
                }
                "Page.javascriptDialogOpening" => Some(params.to_string()),
                _ => None,
            }
        };
        self.events.iter().filter_map(told).collect()
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.said += 1;
        let mut message = json!({ "id": self.said, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.commands.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let answer = self.read();
            if answer["id"] == self.said {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    fn read(&mut self) -> Value {
        let mut message = Vec::new();
        self.answers.read_until(0, &mut message).unwrap();
        message.pop().expect("the browser is gone");
        serde_json::from_slice(&message).unwrap()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may be gone already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
