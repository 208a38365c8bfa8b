import Foundation

/// Follows the stream from the beginning, through whatever happens to its connections: it comes back, to whichever
/// replica, with the last position it saw.
struct StreamClient: Sendable {
    enum Form: String, Sendable {
        case webSocket
        case serverSentEvents
    }

    let form: Form
    let log: StreamLog
    let replicas: Replicas
    let seed: UInt64
    /// How long it stays before it leaves by itself; `nil` for as long as it can.
    let stay: ClosedRange<Int>?

    private static let pause = 50...500

    /// Follows until cancelled.
    func run() async {
        var generator = SeededGenerator(seed: seed, for: log.name)
        while !Task.isCancelled {
            let url = replicas.order(using: &generator)[0]
            let stay = stay.map { generator.duration(milliseconds: $0) }
            do {
                try await follow(url, for: stay)
            } catch let error as FaultsError {
                log.odd("\(error)")
            } catch {
                // Connections break here all the time.
            }
            try? await Task.sleep(for: generator.duration(milliseconds: Self.pause))
        }
    }

    private func follow(_ url: String, for stay: Duration?) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask {
                switch form {
                case .webSocket: try await WebSocketFollowing(url: url, log: log).run()
                case .serverSentEvents: try await ServerSentEventsFollowing(url: url, log: log).run()
                }
            }
            if let stay { group.addTask { try await Task.sleep(for: stay) } }
            defer { group.cancelAll() }
            _ = try await group.next()
        }
    }
}
