import Foundation
import LedgerTestSupport
import LibPQ
import Testing

/// Each case asks for a schema that does not exist, and sees by the refusal where the name came from.
@Suite("Settings")
struct SettingsTests {
    private func schema(_ outcome: CommandLineTool.Outcome) throws -> Substring {
        let match = try #require(outcome.errors.firstMatch(of: /no ledger in schema (\S+) of this database/))
        return match.1
    }

    @Test("Flags go before the environment, and that before the file of settings")
    func precedence() async throws {
        try await withTestDatabase { database in
            try await withTemporaryDirectory { directory in
                let path = directory + "/settings.json"
                let url = try String(decoding: JSONEncoder().encode(database.connectionString), as: UTF8.self)
                try #"{"runledger":{"schema":"of_file","database":{"url":\#(url)}},"other":{"key":1}}"#
                    .write(toFile: path, atomically: false, encoding: .utf8)

                var runledger = CommandLineTool()
                #expect(try schema(try await runledger("runs", "--config", path)) == "of_file")
                runledger.environment["RUNLEDGER_CONFIG"] = path
                #expect(try schema(try await runledger("runs")) == "of_file")
                runledger.environment["RUNLEDGER_SCHEMA"] = ""
                #expect(try schema(try await runledger("runs")) == "of_file")
                runledger.environment["RUNLEDGER_SCHEMA"] = "of_environment"
                #expect(try schema(try await runledger("runs")) == "of_environment")
                #expect(try schema(try await runledger("runs", "--schema", "of_flag")) == "of_flag")
                runledger.environment["RUNLEDGER_DATABASE_URL"] = "postgresql://127.0.0.1:1/x"
                let elsewhere = try await runledger("runs")
                #expect(elsewhere.errors.contains("port=1"))
                let flag = try await runledger("runs", "--database-url", database.connectionString)
                #expect(try schema(flag) == "of_environment")
            }
        }
    }

    @Test("libpq's own variables say where the server is, and PGDATABASE which database")
    func libpqVariables() async throws {
        var runledger = CommandLineTool()
        runledger.environment["PGHOST"] = "127.0.0.1"
        runledger.environment["PGPORT"] = "1"
        runledger.environment["PGDATABASE"] = "elsewhere"
        let outcome = try await runledger("runs")
        #expect(outcome.errors.contains("host=127.0.0.1 port=1 dbname=elsewhere"))
    }

    @Test(
        "A settings file that is missing, no JSON, misspelt or of the wrong type is refused",
        arguments: [
            (nil, "The settings file PATH cannot be read."),
            ("{", #"The settings file PATH must be one JSON object: {"runledger":{"schema":"…"}}."#),
            (
                #"{"runledger":{"databse":{"url":"x"}}}"#,
                """
                PATH sets runledger.databse, which is no setting; the settings are runledger.database.url, \
                runledger.schema, runledger.data.dir, runledger.host, runledger.admin.token, \
                runledger.admin.token-file, runledger.reports.dir, runledger.schedules.file, runledger.port, \
                runledger.database.connections, runledger.connections, runledger.subscribers, runledger.request.timeout.
                """
            ),
            (#"{"runledger":{"schema":7}}"#, "PATH sets runledger.schema to something that is no string."),
            (#"{"runledger":{"port":"x"}}"#, "PATH sets runledger.port to something that is no whole number."),
        ])
    func wrongFile(content: String?, sentence: String) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/settings.json"
            try content?.write(toFile: path, atomically: false, encoding: .utf8)
            let outcome = try await CommandLineTool()("runs", "--config", path)
            #expect(outcome.errors == "Error: \(sentence.replacing("PATH", with: path))\n")
            #expect(outcome.exitCode == 1)
        }
    }
}
