/// Why an operation on PostgreSQL failed.
///
/// Never holds a bind value of ours, a password or a connection string. `detail` and `message` are the server's words
/// and may quote stored data, as in "Key (id)=(7) already exists.": show them to the operator, not to a stranger.
package struct PostgresError: Error, Sendable {
    /// What kind of failure it is, for callers to match.
    package enum Code: String, Sendable {
        /// The server refused the statement; `sqlState` says why. The connection stays usable.
        case server
        /// No connection could be made.
        case connectionFailed
        /// The connection broke. A statement under way outside a transaction may or may not have taken effect.
        case connectionLost
        /// The connection broke while the answer to COMMIT was awaited: committed or not, nobody here knows.
        case unknownOutcome
        /// The task was cancelled, or ``PostgresConnection/cancel()`` was called; the statement had no effect.
        case cancelled
        /// A time limit of the client passed.
        case timeout
        /// Too many callers already wait for a connection.
        case poolExhausted
        /// The pool has been closed.
        case poolClosed
        /// A value did not have the type that was asked for.
        case decoding
        /// The caller's mistake, such as a statement in the middle of a COPY.
        case usage
    }

    package var code: Code
    /// What went wrong, as a sentence.
    package var message: String
    /// The server's condition code, where a server answered.
    package var sqlState: SQLState?
    package var detail: String?
    package var hint: String?
    package var schemaName: String?
    package var tableName: String?
    package var columnName: String?
    package var constraintName: String?
    /// `ERROR`, `FATAL` or `PANIC`, never translated.
    package var severity: String?
    /// Where in the statement the error is: the character's index, from 1.
    package var position: Int?

    package init(_ code: Code, _ message: String, sqlState: SQLState? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
    }

    /// Whether the same call may succeed later without anybody changing anything.
    ///
    /// It does not say that the first attempt had no effect: after ``Code/connectionLost`` outside a transaction the
    /// statement may have run. ``Code/unknownOutcome`` is not retryable: find out what happened first.
    package var isRetryable: Bool {
        switch code {
        case .connectionLost, .timeout, .poolExhausted:
            return true
        case .connectionFailed:
            // A server that cannot start a session for want of its disk or files may say no more than XX000.
            guard let sqlState else { return true }
            return Self.isTransient(sqlState) || sqlState.conditionClass == "XX"
        case .server:
            return sqlState.map(Self.isTransient) ?? false
        case .unknownOutcome, .cancelled, .poolClosed, .decoding, .usage:
            return false
        }
    }

    /// Broken links (08), rollbacks (40), insufficient resources (53), interventions (57P0x), the system's own errors
    /// (58) and lock timeouts.
    private static func isTransient(_ state: SQLState) -> Bool {
        switch state.conditionClass {
        case "08", "40", "53", "58": true
        case "57": state != .queryCanceled
        default: state == .lockNotAvailable || state == .objectInUse
        }
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        var text = message
        if let sqlState { text += " [SQLSTATE \(sqlState)]" }
        if let detail { text += " \(detail)" }
        if let hint { text += " \(hint)" }
        return text
    }
}
