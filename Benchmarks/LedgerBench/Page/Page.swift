import Foundation

/// The page `docs/performance.md`: all that one run has found.
struct Page {
    var machine: Machine
    /// The compiler, as it names itself.
    var compiler: String
    /// The command that ran.
    var command: String
    var findings: [(measure: String, findings: Findings)] = []
    /// The measures that failed, and why.
    var failures: [(measure: String, reason: String)] = []

    /// What begins the part that is written by hand.
    private static let notesHeading = "## Notes\n"

    /// Writes the page to `path`, and keeps the notes of the one that is there.
    func write(to path: String) throws {
        let old = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let notes = old.range(of: "\n" + Self.notesHeading).map { String(old[$0.lowerBound...]) } ?? ""
        try (markdown + notes).write(toFile: path, atomically: true, encoding: .utf8)
    }

    var markdown: String {
        var text = """
            # Performance

            Written on \(Date.now.formatted(.iso8601.year().month().day())) by `\(command)`, from one run. What stands
            under "Notes", where there are any, is written by hand.

            - Machine: \(machine.summary). Client and server share the cores.
            - Built by \(compiler), for release.
            - PostgreSQL with \(machine.settings.map { "`\($0.name) = \($0.value)`" }.joined(separator: ", ")), over a
              unix socket. Each measure has a new database of its own.
            - Figures are medians of alternating runs; where the machine is shared, read the ratios.

            """
        for failure in failures {
            text += "\n`\(failure.measure)` failed in this run, and its figures are missing: \(failure.reason)\n"
        }
        let goals = findings.flatMap { measure, findings in findings.goals.map { (measure: measure, row: $0) } }
        if !goals.isEmpty { text += "\n" + Self.section(.goals(goals), level: "##") }
        text += chapter("How cost grows", \.growth)
        text += chapter("What single operations cost", \.micro)
        return text
    }

    private func chapter(_ heading: String, _ tables: KeyPath<Findings, [Table]>) -> String {
        let sections = findings.flatMap { measure, findings in
            findings[keyPath: tables].map { table in
                Self.section(table, level: "###", command: "script/bench --only \(measure)")
            }
        }
        return sections.isEmpty ? "" : "\n## \(heading)\n\n" + sections.joined(separator: "\n")
    }

    private static func section(_ table: Table, level: String, command: String? = nil) -> String {
        let note = table.note + (command.map { " `\($0)`" } ?? "")
        return "\(level) \(table.heading)\n\n\(note)\n\n\(table.markdown)"
    }
}

extension Findings {
    /// What `measure` has found, as Markdown.
    func markdown(of measure: String) -> String {
        let tables = (goals.isEmpty ? [] : [Table.goals(goals.map { (measure, $0) })]) + growth + micro
        return tables.map { "\($0.heading)\n\n\($0.markdown)" }.joined(separator: "\n")
    }
}
