import Foundation
import LedgerTestSupport
import LibPQ
import Testing

extension Walk {
    mutating func settings() async throws {
        let file = try next("json")
        let page = page
        try await withWorkshop { workshop in
            try await workshop.run("runledger migrate up")
            var tool = CommandLineTool()
            let url = try JSONEncoder().encode(workshop.database.connectionString)
            let settings = file.text.replacing(
                "\"postgresql://runledger_writer@db.internal/runs?sslmode=verify-full\"",
                with: String(decoding: url, as: UTF8.self))
            try #require(settings != file.text)
            try workshop.write(settings, to: "settings.json")
            tool.environment["RUNLEDGER_CONFIG"] = workshop.directory + "/settings.json"
            #expect(try await tool("runs").exitCode == 0)

            // A wrong key is answered with all keys there are.
            try workshop.write(#"{"runledger":{"x":1}}"#, to: "wrong.json")
            tool.environment["RUNLEDGER_CONFIG"] = workshop.directory + "/wrong.json"
            let keys = try await tool("runs").errors.matches(of: /runledger\.[a-z.-]+[a-z]/).map { String($0.output) }
            #expect(Set(page.code.filter { $0.hasPrefix("runledger.") }) == Set(keys).subtracting(["runledger.x"]))
        }
    }
}
