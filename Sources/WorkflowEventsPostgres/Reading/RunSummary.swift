public import WorkflowEvents

/// What is known of one run.
public struct RunSummary: Sendable, Hashable {
    /// Where a run stands.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// Some node has started more often than it has ended or failed.
        case running
        /// The latest execution of some node failed.
        case failed
        /// The workflow's last node has ended.
        case completed
        /// None of these.
        case idle
    }

    /// The run.
    public var runID: String
    /// Where it stands.
    public var status: Status
    /// How many nodes there are whose latest execution ended.
    public var nodesDone: Int
    /// How many executions it has, open ones included.
    public var executionCount: Int
    /// How many executions failed.
    public var failureCount: Int
    /// How many issues its events carry.
    public var issueCount: Int
    /// How many events it has.
    public var eventCount: Int
    /// The earliest time of its events.
    public var firstTS: Timestamp
    /// The latest time of its events.
    public var lastTS: Timestamp
    /// The position of its first recorded event; runs are listed by it.
    public var firstPosition: Int64
}

/// Which runs a query is about.
public struct RunFilter: Sendable, Hashable {
    /// Only runs of this status.
    public var status: RunSummary.Status?
    /// Only runs with an event of this node.
    public var node: Node?
    /// Only runs with an event at or after this time.
    public var since: Timestamp?
    /// Only runs with an event before this time.
    public var until: Timestamp?

    /// A filter with what is given; without anything, every run passes.
    public init(
        status: RunSummary.Status? = nil, node: Node? = nil, since: Timestamp? = nil, until: Timestamp? = nil
    ) {
        self.status = status
        self.node = node
        self.since = since
        self.until = until
    }
}
