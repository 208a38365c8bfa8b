public import WorkflowEvents

/// Which events a query is about. Conditions of one field are alternatives; different fields must all hold.
public struct EventFilter: Sendable, Hashable {
    /// Any of these runs; empty means every run.
    public var runIDs: [String]
    /// Any of these nodes; empty means every node.
    public var nodes: [Node]
    /// Any of these phases; empty means every phase.
    public var phases: [Phase]
    /// Events at or after this time.
    public var since: Timestamp?
    /// Events before this time.
    public var until: Timestamp?
    /// Only events with issues (`true`) or without (`false`).
    public var hasIssues: Bool?
    /// Only events of which some issue contains this text, upper and lower case alike.
    public var text: String?

    /// A filter with what is given; without anything, every event passes.
    public init(
        runIDs: [String] = [], nodes: [Node] = [], phases: [Phase] = [], since: Timestamp? = nil,
        until: Timestamp? = nil, hasIssues: Bool? = nil, text: String? = nil
    ) {
        self.runIDs = runIDs
        self.nodes = nodes
        self.phases = phases
        self.since = since
        self.until = until
        self.hasIssues = hasIssues
        self.text = text
    }
}
