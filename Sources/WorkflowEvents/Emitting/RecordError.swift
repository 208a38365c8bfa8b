/// Why an event was not recorded.
public struct RecordError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: Sendable, Hashable {
        /// The event itself is wrong, or conflicts with a stored one; sending it again is refused again.
        case refused
        /// The sink has no room or its destination is away; a retry of the same event is safe and may succeed.
        case unavailable
        /// The sink has shut down.
        case closed
        /// The emitter has no sink that stores events durably; set one up, or use ``Emitter/emit(_:)``.
        case notDurable
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened and what to do, in one sentence.
    public var message: String

    /// An error of kind `code` that says `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether recording the same event again may succeed.
    public var isRetryable: Bool { code == .unavailable }

    /// The message.
    public var description: String { message }
}
