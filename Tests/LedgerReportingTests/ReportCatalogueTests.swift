import Foundation
import LedgerReporting
import LedgerTestSupport
import Testing
import WorkflowEvents

@Suite("The catalogue with a user's own reports")
struct ReportCatalogueTests {
    private static let good = "-- title: T\n-- description: D\n-- column: n integer\nselect 1 as n\n"

    private func load(_ files: [String: String], _ prepare: (String) throws -> Void = { _ in }) async throws
        -> (names: [String], errors: [String])
    {
        try await withTemporaryDirectory { directory in
            for (name, text) in files {
                try Data(text.utf8).write(to: URL(filePath: directory).appending(path: name))
            }
            try prepare(directory)
            let loaded = try ReportCatalogue.load(directory: directory)
            let builtIn = Set(try ReportCatalogue.builtIn().definitions.map(\.name))
            #expect(builtIn.isSubset(of: loaded.catalogue.definitions.map(\.name)))
            for error in loaded.errors { #expect(error.place != nil) }
            return (
                loaded.catalogue.definitions.map(\.name).filter { !builtIn.contains($0) }, loaded.errors.map(\.message)
            )
        }
    }

    @Test("Without a directory there are the built-in reports")
    func none() throws {
        let loaded = try ReportCatalogue.load(directory: nil)
        #expect(try loaded.catalogue.definitions == ReportCatalogue.builtIn().definitions)
        #expect(loaded.errors.isEmpty)
    }

    @Test("A broken file is told with its line, and the others work")
    func broken() async throws {
        let loaded = try await load([
            "mine.sql": Self.good, "a-2.sql": Self.good, "README.md": "No report.",
            "broken.sql": Self.good + "where n = :m", "failures.sql": Self.good, "My_Report.sql": Self.good,
        ])
        #expect(loaded.names == ["a-2", "mine"])
        #expect(
            loaded.errors == [
                "My_Report.sql:1: the name of a report's file is of lower-case letters, digits and dashes, and ends in .sql",
                "broken.sql:5: the query uses :m, which no `-- parameter:` line declares",
                "failures.sql:1: there is a built-in report `failures`; choose another name",
            ])
    }

    @Test("Only regular files of a bounded size and of UTF-8 text are read; a link counts as what it leads to")
    func files() async throws {
        let loaded = try await load(["real.txt": Self.good]) { directory in
            let files = FileManager.default
            try files.createDirectory(atPath: directory + "/folder.sql", withIntermediateDirectories: false)
            #expect(mkfifo(directory + "/pipe.sql", 0o600) == 0)
            try files.createSymbolicLink(atPath: directory + "/link.sql", withDestinationPath: "real.txt")
            try files.createSymbolicLink(atPath: directory + "/lost.sql", withDestinationPath: "nowhere")
            let padding = Array(
                repeating: UInt8(ascii: "-"), count: ReportCatalogue.maximumFileBytes - Self.good.utf8.count)
            try Data(Self.good.utf8 + padding).write(to: URL(filePath: directory + "/full.sql"))
            try Data(Self.good.utf8 + padding + [0x2D]).write(to: URL(filePath: directory + "/large.sql"))
            try Data(Array("-- title: T\n-- description: ".utf8) + [0xFF]).write(
                to: URL(filePath: directory + "/latin.sql"))
        }
        #expect(loaded.names == ["full", "link"])
        #expect(
            loaded.errors == [
                "folder.sql:1: this is no regular file", "large.sql:1: this file is larger than 1048576 bytes",
                "latin.sql:2: this is no UTF-8 text", "lost.sql:1: this is no regular file",
                "pipe.sql:1: this is no regular file",
            ])
    }

    @Test("Of too many files the first are read")
    func tooMany() async throws {
        let files = (0...1001).map { ("r\(10_000 + $0).sql", Self.good) }
        let loaded = try await load(Dictionary(uniqueKeysWithValues: files))
        #expect(loaded.names.count == 1000)
        #expect(
            loaded.errors == [
                "r11000.sql:1: this file and those after it are too many: a directory holds at most 1000 reports"
            ])
    }

    @Test("A directory that is not there is refused by name")
    func noDirectory() {
        let error = #expect(throws: ReportError.self) { try ReportCatalogue.load(directory: "/nowhere/reports") }
        #expect(error?.code == .badDirectory)
        #expect(error?.message.hasPrefix("The reports in /nowhere/reports cannot be read: ") == true)
    }

    @Test("A user's report with every kind of parameter and column is answered")
    func answered() async throws {
        try await withFixedHistory { ledger async throws in
            let definition = try ReportDefinition(
                file: "kinds.sql",
                text: """
                    -- title: T
                    -- description: D
                    -- parameter: flag boolean = true | F.
                    -- parameter: span duration = 36h | S.
                    -- parameter: nodes texts | N.
                    -- parameter: share number required | H.
                    -- column: flag boolean
                    -- column: at timestamp
                    -- column: share number
                    -- column: is_one boolean
                    -- column: quoted text
                    select :flag as flag, timestamptz '2025-11-18 12:00Z' - :span as at, :share / 2 as share,
                           'LYRICS' = any (:nodes) as is_one, $$;:flag /* */$$ || E'\\':share' as quoted
                    from events /* where :nodes /* is */ null; */ limit 1; -- That is all.
                    """)
            let arguments = try ReportArguments.parse(
                [("nodes", "LYRICS"), ("nodes", "PLAN"), ("share", "0.5")], for: definition, now: FixedHistory.time(0))
            let report = try await ledger.withReaderPool { try await ReportRunner(pool: $0).run(definition, arguments) }
            #expect(
                report.rows == [
                    [.boolean(true), time(-129_600), 0.25, .boolean(true), ";:flag /* */':share"]
                ])
            #expect(
                String(decoding: report.json, as: UTF8.self).contains(
                    #""parameters":{"flag":true,"span":"36h","nodes":["LYRICS","PLAN"],"share":0.5}"#))
            let missing = await #expect(throws: ReportError.self) {
                try await ledger.withReaderPool { try await ReportRunner(pool: $0).run(definition) }
            }
            #expect(missing?.message == "The report `kinds` needs a value for `share`: H.")
        }
    }
}
