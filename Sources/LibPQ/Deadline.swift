/// Runs `body` and cancels it when it takes longer than `limit`; what it then throws becomes a
/// ``PostgresError/Code/timeout``.
///
/// `body` is waited for, so it must react to cancellation, as every call of this module does.
package func withDeadline<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: DeadlineEvent<Value>.self) { group in
        group.addTask { .finished(try await body()) }
        group.addTask { (try? await Task.sleep(for: limit)) == nil ? .cancelled : .expired }
        defer { group.cancelAll() }
        // The first to finish decides; a body that still finishes has its result thrown away.
        while let event = try await group.next() {
            switch event {
            case .finished(let value): return value
            case .expired: throw PostgresError(.timeout, "It took longer than \(limit).")
            // The body has been cancelled too, and says so in its own way.
            case .cancelled: continue
            }
        }
        preconditionFailure("a body that neither returned nor threw")
    }
}

private enum DeadlineEvent<Value: Sendable>: Sendable {
    case finished(Value)
    case expired
    case cancelled
}
