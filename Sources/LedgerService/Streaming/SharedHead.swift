/// Reads the head of the ledger, once for all who ask while the read before is on its way.
///
/// Every answer was read after it was asked for.
actor SharedHead {
    private let read: @Sendable () async throws -> Int64
    private var running: Task<Int64, any Error>?
    private var next: Task<Int64, any Error>?
    /// How many wait for a read that has not begun.
    private(set) var waitingCount = 0

    init(_ read: @escaping @Sendable () async throws -> Int64) {
        self.read = read
    }

    /// The position of the last event that has one.
    ///
    /// - Throws: what the read throws.
    func position() async throws -> Int64 {
        waitingCount += 1
        if let next { return try await next.value }
        let task = Task { [running] in
            _ = await running?.result
            begin()
            return try await read()
        }
        next = task
        return try await task.value
    }

    /// Whoever asks from now on waits for another read.
    private func begin() {
        running = next
        next = nil
        waitingCount = 0
    }
}
