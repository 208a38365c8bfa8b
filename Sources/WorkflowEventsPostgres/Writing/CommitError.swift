import LedgerSchema
import LibPQ
import WorkflowEvents

/// Why a transaction of batches did not commit.
enum CommitError: Error {
    /// Something in the events: the server's constraint or type refused them.
    case content(PostgresError)
    /// No partition can be made for these times.
    case noPartition([Timestamp: String])
    /// Nothing about the events; they may be sent again.
    case failed(WriteError)

    init(_ error: any Error) {
        switch error {
        case let error as CommitError: self = error
        case let error as WriteError: self = .failed(error)
        case let error as SchemaError: self = .failed(WriteError(.schema, error.message))
        case let error as PostgresError where error.isAboutContent: self = .content(error)
        case let error as PostgresError: self = .failed(WriteError(.unavailable, error.message))
        default: self = .failed(WriteError(.unavailable, "\(error)"))
        }
    }
}

extension PostgresError {
    /// Whether the server refuses the data itself: SQLSTATE classes 22 (data exception) and 23 (integrity).
    var isAboutContent: Bool {
        guard let state = sqlState?.rawValue else { return false }
        return state.hasPrefix("22") || state.hasPrefix("23")
    }

    /// Whether the connection went away or the call was given up, so that the outcome has to be looked up.
    var leavesOutcomeOpen: Bool {
        switch code {
        case .connectionLost, .unknownOutcome, .cancelled, .timeout: true
        default: false
        }
    }
}
