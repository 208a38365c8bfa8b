/// The page, and its own server, in which the browser's example is run.
enum BrowserPage {
    /// A page's own server: serves the page, gets tickets, and prints what positions the page says it has seen.
    ///
    /// Once the page has seen two events it is told to close its stream, so that the others come over a second one.
    static let server = """
        import http.server, json, os, shutil, subprocess, sys, tempfile, threading, urllib.request

        URL, TOKEN = os.environ["RUNLEDGER_URL"], os.environ["RUNLEDGER_TOKEN"]
        PAGE = "<!doctype html><script>" + open("client.js").read() + \"\"\"
        const Socket = WebSocket, sockets = [];
        window.WebSocket = function (url) { const socket = new Socket(url); sockets.push(socket); return socket; };
        const seen = [];
        follow("SERVICE", 0, async (event) => {
          seen.push(event.position);
          if (seen.length === 2) { sockets.at(-1).close(); await fetch("/two", { method: "POST" }); }
          if (seen.length === 4) await fetch("/seen", { method: "POST", body: JSON.stringify(seen) });
        });
        </script>\"\"\".replace("SERVICE", URL)
        done = threading.Event()


        def ask(path, body=b"", **headers):
            request = urllib.request.Request(URL + path, body, {"Authorization": "Bearer " + TOKEN, **headers})
            return urllib.request.urlopen(request).read()


        def store(run):
            lines = "".join(json.dumps({"run_id": run, "node": "PLAN", "phase": p}) + "\\n" for p in ("start", "end"))
            ask("/v1/events", lines.encode(), **{"Content-Type": "application/x-ndjson"})


        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, body, kind):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                self.answer(PAGE.encode(), "text/html")

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == "/stream-ticket":
                    return self.answer(ask("/v1/stream-tickets"), "application/json")
                if self.path == "/two":
                    store("second")
                if self.path == "/seen":
                    print(body.decode().replace(",", ", "))
                self.answer(b"", "text/plain")
                if self.path == "/seen":
                    done.set()

            def log_message(self, *_):
                pass


        store("first")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not browser:
            sys.exit("no Chromium; script/setup --tests installs it")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            process = subprocess.Popen(
                [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--user-data-dir=" + profile, "http://127.0.0.1:%d/" % server.server_port],
                env={**os.environ, "HOME": profile}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            finished = done.wait(60)
            process.kill()
            process.wait()
        sys.exit(0 if finished else "the page has not seen everything")
        """
}
