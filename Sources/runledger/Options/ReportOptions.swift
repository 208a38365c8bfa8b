import ArgumentParser
import EventLedger
import Foundation
import LedgerReporting
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

extension ReportFormat: ExpressibleByArgument {}

/// As of when a report is asked: a position, or a time.
struct AsOfArgument: ExpressibleByArgument {
    let asOf: ReadBounds.AsOf

    init?(argument: String) {
        guard let asOf = ReadBounds.AsOf(argument) else { return nil }
        self.asOf = asOf
    }
}

/// What a report is asked, and which reports there are.
struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only events at or after this time: \(TimeArgument.help)", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only events before this time.", valueName: "time"))
    var until: String?

    @Option(help: "Only this node.")
    var node: String?

    @Option(help: ArgumentHelp("How many rows at most. (default: all, up to 10000)", valueName: "count"))
    var limit: String?

    @Flag(help: "Exact percentiles in a large ledger too, where they take longer.")
    var exact = false

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Another parameter of the report; repeat for several.", valueName: "name=value"))
    var others: [String] = []

    @Option(
        help: ArgumentHelp(
            "Answer as of this position, or of this time, as it was answered then.", valueName: "position"))
    var asOf: AsOfArgument?

    @Option(help: ArgumentHelp("Only events recorded at or after this time.", valueName: "time"))
    var recordedSince: TimeArgument?

    @Option(help: ArgumentHelp("Only events recorded before this time.", valueName: "time"))
    var recordedUntil: TimeArgument?

    @OptionGroup var reports: ReportsDirectoryOption

    var bounds: ReadBounds {
        ReadBounds(
            asOf: asOf?.asOf ?? .now, recordedSince: recordedSince?.timestamp, recordedUntil: recordedUntil?.timestamp)
    }

    /// What `definition` is asked.
    ///
    /// - Throws: ``ReportError`` `badArgument`, or as ``texts()`` does.
    func arguments(for definition: ReportDefinition) throws -> [String: ReportValue] {
        let arguments = try ReportArguments.parse(texts(), for: definition, now: .now)
        try ReportArguments.checkWindows(arguments, bounds)
        return arguments
    }

    /// The parameters that are given, as they are written.
    ///
    /// - Throws: a `ValidationError` for `--set` without a name or a value.
    func texts() throws -> [(name: String, text: String)] {
        var texts: [(name: String, text: String)] = []
        for (name, text) in [("since", since), ("until", until), ("node", node), ("limit", limit)] {
            if let text { texts.append((name, text)) }
        }
        if exact { texts.append(("exact", "true")) }
        for other in others {
            guard let equals = other.firstIndex(of: "="), equals != other.startIndex else {
                throw ValidationError("--set takes name=value, as in --set bucket=hour.")
            }
            texts.append((String(other[..<equals]), String(other[other.index(after: equals)...])))
        }
        return texts
    }
}
