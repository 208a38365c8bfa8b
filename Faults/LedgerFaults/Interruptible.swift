import UnixSignals

/// Runs `body`, which is cancelled when the process is asked to end.
func interruptibly<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
    let work = Task { try await body() }
    let watch = Task {
        for await _ in signals { work.cancel() }
    }
    defer { watch.cancel() }
    return try await work.value
}
