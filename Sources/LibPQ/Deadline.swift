/// Runs `body` and cancels it when it takes longer than `limit`; what it then throws becomes a
/// ``PostgresError/Code/timeout``.
///
/// `body` is waited for, so it must react to cancellation, as every call of this module does.
package func withDeadline<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        // The first to finish decides; a body that finishes anyway has its result thrown away with the group.
        if let value = try await group.next() ?? nil { return value }
        throw PostgresError(.timeout, "It took longer than \(limit).")
    }
}
