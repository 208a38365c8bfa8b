import Foundation
import LedgerTestSupport
import Testing

/// Runs what `docs/clients.md` shows, as it stands.
@Suite("The examples for clients", .timeLimit(.minutes(10)))
struct ClientsTests {
    private static let token = "a-token-of-sixteen-or-more"

    /// The page's blocks of `language`, in order.
    private static func blocks(_ language: String) throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/clients.md"), encoding: .utf8)
        return page.split(separator: "```\(language)\n").dropFirst().compactMap { part in
            part.firstRange(of: "\n```").map { String(part[..<$0.lowerBound]) }
        }
    }

    /// Runs `body` with a shell whose environment is as the page says.
    private func withService(
        _ body: @escaping @Sendable (_ shell: CommandLineTool, _ directory: String) async throws -> Void
    ) async throws {
        try await withLedger { runledger in
            try await withTemporaryDirectory { directory in
                var runledger = runledger
                runledger.environment["RUNLEDGER_ADMIN_TOKEN"] = Self.token
                let outcome = try await runledger.serving("--port", "0") { service in
                    var client = CommandLineTool()
                    client.environment["RUNLEDGER_URL"] = service.url
                    client.environment["RUNLEDGER_TOKEN"] = Self.token
                    let programs = URL(filePath: CommandLineTool.path).deletingLastPathComponent().path
                    client.environment["PATH"] = programs + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
                    try await body(client, directory)
                }
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
            }
        }
    }

    @Test("For a shell: each succeeds, and says what it should")
    func shell() async throws {
        let blocks = try Self.blocks("sh")
        try #require(blocks.count == 5)
        try await withService { client, _ in
            var outputs: [String] = []
            for block in blocks {
                let outcome = try await client.shell("set -e\n" + block)
                #expect(outcome.exitCode == 0, "\(block)\n\(outcome.errors)")
                outputs.append(outcome.output)
            }
            #expect(outputs[0] == "{\"accepted\":1,\"duplicates\":0}\n")
            #expect(outputs[1] == "{\"accepted\":1,\"duplicates\":0}\n")
            #expect(outputs[2] == "{\"events\":[],\"next_cursor\":null}\n")
            #expect(outputs[3].contains("id: 2\n") && outputs[3].contains(#""control":"caught_up","position":2"#))
            #expect(outputs[4].split(separator: "\n").count == 2)
        }
    }

    @Test("For Python, with its standard library alone")
    func python() async throws {
        let block = try #require(try Self.blocks("python").first)
        try await withService { client, directory in
            try block.write(toFile: directory + "/client.py", atomically: false, encoding: .utf8)
            let outcome = try await client.shell("python3 \(directory)/client.py")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(
                outcome.output == """
                    {'accepted': 1, 'duplicates': 0}
                    1 song-2 PLAN end

                    """)
        }
    }

    @Test("For a browser, which resumes where it was")
    func browser() async throws {
        let block = try #require(try Self.blocks("js").first)
        try await withService { client, directory in
            try block.write(toFile: directory + "/client.js", atomically: false, encoding: .utf8)
            try Self.pageServer.write(toFile: directory + "/page.py", atomically: false, encoding: .utf8)
            let outcome = try await client.shell("cd \(directory) && exec python3 page.py")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output == "[1, 2, 3, 4]\n")
        }
    }

    @Test("A library for WebSockets, Python's websockets, finds nothing to object to")
    func websockets() async throws {
        try await withService { client, directory in
            try Self.conversation.write(toFile: directory + "/talk.py", atomically: false, encoding: .utf8)
            let outcome = try await client.shell("/usr/bin/python3 \(directory)/talk.py")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output == "caught_up 0\npong\nposition 1\nlarge 1009\nclosed 1000\n")
        }
    }

    /// A page's own server: serves the page, gets tickets, and prints what positions the page says it has seen.
    ///
    /// Once the page has seen two events it is told to close its stream, so that the others come over a second one.
    private static let pageServer = """
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

    private static let conversation = """
        import asyncio, os, urllib.request
        import websockets

        URL, TOKEN = os.environ["RUNLEDGER_URL"], os.environ["RUNLEDGER_TOKEN"]
        HEADERS = {"Authorization": "Bearer " + TOKEN}
        STREAM = URL.replace("http", "ws") + "/v1/stream?after=0"


        def connect():
            try:
                return websockets.connect(STREAM, extra_headers=HEADERS)
            except TypeError:
                return websockets.connect(STREAM, additional_headers=HEADERS)


        def store():
            headers = {**HEADERS, "Content-Type": "application/json"}
            body = b'{"run_id":"r1","node":"PLAN","phase":"start"}'
            urllib.request.urlopen(urllib.request.Request(URL + "/v1/events", body, headers)).read()


        async def main():
            import json
            async with connect() as socket:
                message = json.loads(await socket.recv())
                print(message["control"], message["position"])
                await socket.send("text")
                await socket.send(["in ", "pieces ", "\\u00fc"])
                await socket.send(b"bytes")
                await (await socket.ping(b"are you there"))
                print("pong")
                await asyncio.to_thread(store)
                print("position", json.loads(await socket.recv())["position"])
            async with connect() as large:
                await large.send("x" * 100_000)
                try:
                    while True:
                        await large.recv()
                except websockets.ConnectionClosed as closed:
                    print("large", closed.code)
            print("closed", socket.close_code)


        asyncio.run(main())
        """
}
