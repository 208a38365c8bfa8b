import Synchronization

/// What a caller of `record` or `flush` waits for: settled once, by the sink or by the caller's own cancellation.
package final class Receipt: Sendable {
    private enum State {
        case pending
        case awaited(CheckedContinuation<Void, any Error>)
        case settled(Result<Void, any Error>)
    }

    private let state = Mutex(State.pending)

    package init() {}

    /// Ends the wait with `result`; later results are ignored.
    package func settle(_ result: Result<Void, any Error> = .success(())) {
        let waiter: CheckedContinuation<Void, any Error>? = state.withLock { state in
            switch state {
            case .pending:
                state = .settled(result)
                return nil
            case .awaited(let continuation):
                state = .settled(result)
                return continuation
            case .settled:
                return nil
            }
        }
        waiter?.resume(with: result)
    }

    /// Returns or throws what the receipt was settled with; throws `CancellationError` if the task is cancelled first.
    ///
    /// Only one caller may wait.
    package func value() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if case .settled(let result) = state { return result }
                    state = .awaited(continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            settle(.failure(CancellationError()))
        }
    }
}
