/// Runs `operation`; if that takes longer than `limit`, runs `expiry` beside it, which must make it end.
func withWatchdog<R: Sendable>(
    _ limit: Duration,
    isolation: isolated (any Actor)? = #isolation,
    expiry: @escaping @Sendable () async -> Void,
    operation: () async throws -> R
) async throws -> R {
    let watch = Task {
        try await Task.sleep(for: limit)
        await expiry()
    }
    defer { watch.cancel() }
    return try await operation()
}
