/// Why the private PostgreSQL could not be used, in one sentence that says what to do about it.
package struct EmbeddedPostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is, for callers that act on it.
    package enum Code: Sendable, Hashable {
        /// No PostgreSQL of a usable version is installed.
        case programsNotFound
        /// The data were written by a major version of PostgreSQL that is not installed.
        case versionMismatch
        /// This process is root and there is no ordinary user to run the server as.
        case serverUserNotFound
        /// The data directory cannot be made, entered or written.
        case dataDirectoryUnusable
        /// The data directory belongs to another user.
        case dataDirectoryNotOwned
        /// No space is left where the data or the socket lie.
        case diskFull
        /// The socket's path would be longer than the system allows.
        case socketPathTooLong
        /// A server that was not started by this module uses the data directory.
        case dataDirectoryInUse
        /// A server uses the data directory but cannot be reached from here, or does not finish stopping.
        case serverUnreachable
        /// The cluster could not be created.
        case initializationFailed
        /// The server did not start.
        case startFailed
    }

    /// What kind of failure it is.
    package let code: Code
    /// One sentence for the user: what is wrong and what to do.
    package let message: String

    package var description: String { message }

    /// Whether the same call may succeed later with nothing changed by anybody.
    package var isRetryable: Bool { code == .serverUnreachable }
}
