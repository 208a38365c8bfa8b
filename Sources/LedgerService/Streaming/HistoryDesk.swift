import EventLedger
import LibPQ
import Logging

/// Reads pages of history for subscribers, a few at a time and first come, first served, so that they leave the
/// connections to others.
struct HistoryDesk: Sendable {
    private struct Entry: Sendable {
        var request: HistoryRequest
        var reply: @Sendable (Result<HistoryAnswer, any Error>) -> Void
    }

    private let ledger: Ledger
    private let logger: Logger
    private let entries: AsyncStream<Entry>
    private let continuation: AsyncStream<Entry>.Continuation
    private static let maximumConcurrency = 2

    init(ledger: Ledger, logger: Logger) {
        self.ledger = ledger
        self.logger = logger
        // A subscriber has one request here at most, and subscribers are bounded.
        (self.entries, self.continuation) = AsyncStream.makeStream()
    }

    /// Has `request` read, and calls `reply` with what came of it.
    func submit(_ request: HistoryRequest, _ reply: @escaping @Sendable (Result<HistoryAnswer, any Error>) -> Void) {
        continuation.yield(Entry(request: request, reply: reply))
    }

    /// Reads until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await entry in entries {
                if running == Self.maximumConcurrency {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { entry.reply(await page(entry.request)) }
            }
        }
    }

    private func page(_ request: HistoryRequest) async -> Result<HistoryAnswer, any Error> {
        do {
            let page = try await ledger.history(
                request.filter, after: request.after, through: request.through, limit: request.limit,
                maximumBytes: PageLimit.maximumBytes, hasLongRuns: request.hasLongRuns)
            let block = FrameBlock(page.events, after: request.after, through: page.end)
            return .success(HistoryAnswer(block: block, hasLongRuns: page.hasLongRuns))
        } catch {
            let postgres = error as? PostgresError
            let isPassing = postgres.map { $0.isRetryable || $0.code == .cancelled } ?? (error is CancellationError)
            logger.log(level: isPassing ? .debug : .error, "cannot read history", metadata: ["reason": "\(error)"])
            return .failure(error)
        }
    }
}
