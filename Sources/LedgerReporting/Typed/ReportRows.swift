package import WorkflowEvents

/// A row of a report as a value of its own type.
protocol ReportRow {
    init(_ cells: [ReportValue])
}

/// A failed execution.
package struct FailureRow: Sendable, Hashable, ReportRow {
    package let ts: Timestamp
    package let runID: String
    package let node: Node
    package let durationMS: Int
    /// The last issue, which says why; `nil` if there is none.
    package let message: String?
    package let issues: [String]

    init(_ cells: [ReportValue]) {
        ts = cells[0].timestamp ?? Timestamp(microsecondsSince1970: 0)
        runID = cells[1].text ?? ""
        node = Node(rawValue: cells[2].text ?? "")
        durationMS = cells[3].integer ?? 0
        message = cells[4].text
        issues = cells[5].texts ?? []
    }
}

/// The failures of a node.
package struct NodeFailuresRow: Sendable, Hashable, ReportRow {
    package let node: Node
    package let failureCount: Int
    /// How many executions ended or failed.
    package let executionCount: Int
    /// Failures per finished execution, 0 to 1.
    package let rate: Double
    /// When the latest failure was; `nil` if there is none.
    package let lastTS: Timestamp?
    package let lastMessage: String?

    init(_ cells: [ReportValue]) {
        node = Node(rawValue: cells[0].text ?? "")
        failureCount = cells[1].integer ?? 0
        executionCount = cells[2].integer ?? 0
        rate = cells[3].number ?? 0
        lastTS = cells[4].timestamp
        lastMessage = cells[5].text
    }
}

/// How long a node's successful executions took, in milliseconds.
package struct NodeDurationRow: Sendable, Hashable, ReportRow {
    package let node: Node
    package let count: Int
    package let meanMS: Double
    package let minimumMS: Int
    package let maximumMS: Int
    package let p50MS: Double
    package let p90MS: Double
    package let p95MS: Double
    package let p99MS: Double

    init(_ cells: [ReportValue]) {
        node = Node(rawValue: cells[0].text ?? "")
        count = cells[1].integer ?? 0
        meanMS = cells[2].number ?? 0
        minimumMS = cells[3].integer ?? 0
        maximumMS = cells[4].integer ?? 0
        p50MS = cells[5].number ?? 0
        p90MS = cells[6].number ?? 0
        p95MS = cells[7].number ?? 0
        p99MS = cells[8].number ?? 0
    }
}

/// The issues of a run.
package struct RunIssuesRow: Sendable, Hashable, ReportRow {
    package let runID: String
    /// The distinct issues, in the order of their text.
    package let issues: [String]
    /// How many were raised in all.
    package let issueCount: Int
    package let firstTS: Timestamp
    package let lastTS: Timestamp

    init(_ cells: [ReportValue]) {
        runID = cells[0].text ?? ""
        issues = cells[1].texts ?? []
        issueCount = cells[2].integer ?? 0
        firstTS = cells[3].timestamp ?? Timestamp(microsecondsSince1970: 0)
        lastTS = cells[4].timestamp ?? Timestamp(microsecondsSince1970: 0)
    }
}

extension ReportValue {
    /// The text, if it is one.
    var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The texts, if it is a list of them.
    var texts: [String]? { if case .texts(let texts) = self { texts } else { nil } }
    /// The whole number, if it is one.
    var integer: Int? { if case .integer(let integer) = self { Int(integer) } else { nil } }
    /// The double, if it is one.
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    /// The moment, if it is one.
    var timestamp: Timestamp? { if case .timestamp(let timestamp) = self { timestamp } else { nil } }
}
