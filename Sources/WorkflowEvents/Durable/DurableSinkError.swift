/// Why a ``DurableSink`` could not be made.
public struct DurableSinkError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: Sendable, Hashable {
        /// A setting is out of range.
        case settings
        /// The spool directory cannot be made, locked or written.
        case spool
    }

    /// What kind of failure it is.
    public var code: Code
    /// What is wrong and what to do, in one sentence.
    public var message: String

    /// An error of kind `code` that says `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
