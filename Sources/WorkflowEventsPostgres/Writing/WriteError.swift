public import WorkflowEvents

/// Why events were not stored.
public struct WriteError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: Sendable, Hashable {
        /// The database is away, overloaded or refuses the login; the same events may be sent again.
        case unavailable
        /// An event is wrong, and the request was to be stored whole or not at all.
        case refused
        /// An event has the identity of a stored one but other content, and the request was to be stored whole or not at
        /// all.
        case conflict
        /// The idempotency key was used for another request.
        case keyReused
        /// The schema is missing or of another release.
        case schema
        /// The writer has shut down.
        case closed
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened and what to do, in one sentence; never a secret.
    public var message: String
    /// The events at fault, where ``code`` is `refused` or `conflict`.
    public var refused: [RefusedEvent]

    package init(_ code: Code, _ message: String, refused: [RefusedEvent] = []) {
        self.code = code
        self.message = message
        self.refused = refused
    }

    /// Whether sending the same events again may succeed. It is always safe: nothing is stored twice.
    public var isRetryable: Bool { code == .unavailable || code == .schema }

    /// The message.
    public var description: String { message }
}
