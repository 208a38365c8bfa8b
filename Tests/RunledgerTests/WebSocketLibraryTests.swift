import Foundation
import LedgerTestSupport
import Testing

@Suite("WebSockets of others", .timeLimit(.minutes(2)))
struct WebSocketLibraryTests {
    @Test("A library for WebSockets, Python's websockets, finds nothing to object to")
    func websockets() async throws {
        try await withLedger { runledger in
            try await withTemporaryDirectory { directory in
                var runledger = runledger
                runledger.environment["RUNLEDGER_ADMIN_TOKEN"] = "a-token-of-sixteen-or-more"
                let client = runledger
                try Self.conversation.write(toFile: directory + "/talk.py", atomically: false, encoding: .utf8)
                let outcome = try await runledger.serving("--port", "0") { service in
                    var client = client
                    client.environment["RUNLEDGER_URL"] = service.url
                    client.environment["RUNLEDGER_TOKEN"] = "a-token-of-sixteen-or-more"
                    let outcome = try await client.shell("/usr/bin/python3 \(directory)/talk.py")
                    #expect(outcome.exitCode == 0, "\(outcome.errors)")
                    #expect(outcome.output == "caught_up 0\npong\nposition 1\nlarge 1009\nclosed 1000\n")
                }
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
            }
        }
    }

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
