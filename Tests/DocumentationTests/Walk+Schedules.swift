import Foundation
import LedgerTestSupport
import Testing

extension Walk {
    mutating func schedules() async throws {
        let file = try next("yaml")
        let commands = try next("sh").text.split(separator: "\n").map(String.init)
        let receiver = try next("python")
        try #require(commands.count == 4)
        try await withWorkshop { workshop in
            var workshop = workshop
            workshop.tool.environment["RUNLEDGER_WEBHOOK_SECRET"] = "a secret of this test"
            try await workshop.run("runledger migrate up")
            // As it stands, it is right.
            try workshop.write(file.text, to: "schedules.yaml")
            try await workshop.run(commands[0])
            #expect(try await workshop.run(commands[1]).contains("nightly-failures"))
            try await workshop.deliver(file.text, by: commands[2], to: receiver.text)

            try #require(commands[3] == "runledger serve --schedules schedules.yaml")
            let served = try await workshop.tool.serving(
                "--port", "0", "--schedules", workshop.directory + "/schedules.yaml")
            #expect(served.exitCode == 0, "\(served.errors)")
        }
    }
}

extension Workshop {
    /// Makes the schedule's reports; files come into the directory, and a receiver, which looks at the signature as the
    /// page says, takes the posts.
    fileprivate func deliver(_ file: String, by command: String, to receiver: String) async throws {
        try write(receiver + Self.server, to: "receiver.py")
        let schedules = file.replacing("/var/", with: directory + "/")
            .replacing("https://example.com/hooks/reports", with: "http://127.0.0.1:PORT/hooks/reports")
        try #require(schedules.contains("127.0.0.1:PORT"))
        try write(schedules, to: "schedules.template")
        let delivered = try await run(
            """
            python3 receiver.py &
            trap "kill $!" EXIT
            while [ ! -s port ]; do kill -0 $!; done
            sed "s/PORT/$(cat port)/" schedules.template >schedules.yaml
            \(command) --format json
            """)
        #expect(!delivered.contains("\"failed\""))
        #expect(try read("received").split(separator: "\n") == ["genuine", "genuine"])
        let files = try FileManager.default.contentsOfDirectory(atPath: directory + "/reports/nightly-failures")
        #expect(
            files.sorted() == ["2025-11-18-failures-by-node.csv", "2025-11-18-failures-by-node.html"])
    }

    /// Listens, says where in `port`, and says in `received` what it thinks of each post.
    private static let server = """


        import http.server, os

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                secret = os.environ["RUNLEDGER_WEBHOOK_SECRET"].encode()
                verdict = is_genuine(secret, self.headers, body) and not is_genuine(b"another", self.headers, body)
                with open("received", "a") as file:
                    file.write("genuine\\n" if verdict else "forged\\n")
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        with open("port.new", "w") as file:
            file.write(str(server.server_port))
        os.rename("port.new", "port")
        server.serve_forever()
        """
}
