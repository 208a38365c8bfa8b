public import WorkflowEvents

/// Events that one source wants stored, in order.
package struct AppendRequest: Sendable {
    package var events: [WorkflowEvent]
    /// Who sends them; `nil` is the session's database role.
    package var source: String?
    package var policy: RefusalPolicy

    package init(_ events: [WorkflowEvent], source: String? = nil, policy: RefusalPolicy = .partial) {
        self.events = events
        self.source = source
        self.policy = policy
    }
}

/// What becomes of the good events of a request that has a bad one.
package enum RefusalPolicy: Sendable {
    /// They are stored; the bad ones are named.
    case partial
    /// Nothing is stored.
    case whole
}

/// What became of the events of a request; the three parts add up to its events.
public struct AppendResult: Sendable, Hashable {
    /// How many were stored now.
    public var acceptedCount: Int
    /// How many had been stored before with the same content.
    public var duplicateCount: Int
    /// The ones that can never be stored, and why.
    public var refused: [RefusedEvent]

    package init(acceptedCount: Int = 0, duplicateCount: Int = 0, refused: [RefusedEvent] = []) {
        self.acceptedCount = acceptedCount
        self.duplicateCount = duplicateCount
        self.refused = refused
    }
}
