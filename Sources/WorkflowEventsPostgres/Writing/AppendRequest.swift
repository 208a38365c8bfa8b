public import WorkflowEvents

/// Events that one source wants stored, in order.
package struct AppendRequest: Sendable {
    package var events: [WorkflowEvent]
    /// Who sends them; `nil` is the session's database role.
    package var source: String?
    package var policy: RefusalPolicy
    /// What makes it one request however often it is sent; only with a source and the policy `whole`.
    package var idempotency: IdempotencyKey?

    package init(
        _ events: [WorkflowEvent], source: String? = nil, policy: RefusalPolicy = .partial,
        idempotency: IdempotencyKey? = nil
    ) {
        precondition(
            idempotency == nil || source != nil && policy == .whole,
            "A request under an idempotency key has a source and is stored whole or not at all.")
        self.events = events
        self.source = source
        self.policy = policy
        self.idempotency = idempotency
    }
}

/// The key under which a source sends a request, and what tells the request from another one.
package struct IdempotencyKey: Sendable, Hashable {
    /// 1 to 255 printable ASCII characters, the source's own choice.
    package var key: String
    /// The SHA-256 of the request's body.
    package var bodySHA256: [UInt8]

    package init(key: String, bodySHA256: [UInt8]) {
        self.key = key
        self.bodySHA256 = bodySHA256
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
    /// Whether this is the answer of an earlier request under the same idempotency key; nothing was stored now.
    package var isReplay = false

    package init(acceptedCount: Int = 0, duplicateCount: Int = 0, refused: [RefusedEvent] = []) {
        self.acceptedCount = acceptedCount
        self.duplicateCount = duplicateCount
        self.refused = refused
    }
}
