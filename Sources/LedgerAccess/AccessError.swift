/// Why a token could not be made or revoked.
package struct AccessError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Sendable, Hashable {
        /// There is a token of that name, perhaps a revoked one.
        case nameTaken
        /// The name, the scopes or the expiry cannot be.
        case invalid
        /// There is no token of that name.
        case unknown
    }

    package var code: Code
    /// What happened and what to do, in a sentence.
    package var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }
}
