public import WorkflowEvents

/// Why events were not stored.
public struct WriteError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: Sendable, Hashable {
        /// The database is away, overloaded or refuses the login; the same events may be sent again.
        case unavailable
        /// An event is wrong or conflicts with a stored one, and the request was to be stored whole or not at all.
        case refused
        /// The schema is missing or of another release.
        case schema
        /// The writer has shut down.
        case closed
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened and what to do, in one sentence; never a secret.
    public var message: String
    /// The events at fault, where ``code`` is `refused`.
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
