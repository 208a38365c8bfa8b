import LedgerReporting
import WorkflowEvents

/// A report of the catalogue, asked about everything there is, as one would.
struct ReportQuestion: Sendable {
    let definition: ReportDefinition
    private let arguments: [String: ReportValue]

    private static let lists: Set = ["failures", "late-events", "open-executions", "run-summary", "runs-with-issues"]
    /// So long a report may take; shorter ones are asked again for a median.
    private static let patience = 3.0
    private static let repetitions = 9

    /// Every report of the catalogue: lists for a hundred rows, a comparison of both halves of `times`, the others as
    /// they are.
    static func all(over times: Range<Timestamp>) throws -> [ReportQuestion] {
        try ReportCatalogue.builtIn().definitions.map { definition in
            var arguments: [String: ReportValue] = [:]
            if lists.contains(definition.name) { arguments["limit"] = .integer(100) }
            if definition.name == "period-comparison" {
                let end = times.upperBound.microsecondsSince1970
                let middle = end - (end - times.lowerBound.microsecondsSince1970) / 2
                arguments["since"] = .timestamp(Timestamp(microsecondsSince1970: middle))
                arguments["until"] = .timestamp(times.upperBound)
            }
            return ReportQuestion(definition: definition, arguments: arguments)
        }
    }

    /// The command that asks it, without the times of a comparison.
    var text: String {
        arguments["limit"] == nil ? definition.name : "\(definition.name) --limit 100"
    }

    /// How many seconds an answer takes as a caller sees it, in the middle; warm, unless it takes long.
    func time(by runner: ReportRunner) async throws -> Double {
        var times: [Double] = []
        var spent = 0.0
        while times.count <= Self.repetitions, spent < Self.patience {
            let time = try await seconds { _ = try await runner.run(definition, arguments) }
            times.append(time)
            spent += time
        }
        return times.count == 1 ? times[0] : Array(times.dropFirst()).median
    }
}
