package import Logging

/// Listens on a channel for the time `body` runs, over a connection of its own.
///
/// ```swift
/// try await withListener(configuration, channel: "events", logger: logger) { events in
///     for await event in events { … }
/// }
/// ```
///
/// - Parameters:
///   - silence: how long nothing may come before the connection is checked and ``PostgresNotificationEvent/silence``
///     is handed out; 30 s.
///   - backoff: the waits between attempts to connect again.
/// - Throws: ``PostgresError`` when the first connection fails, and what `body` throws. A connection that breaks later
///   is made anew, for as long as that takes.
package nonisolated(nonsending) func withListener<Value>(
    _ configuration: PostgresConfiguration, channel: String, logger: Logger, silence: Duration = .seconds(30),
    backoff: Backoff = Backoff(), _ body: (PostgresNotifications) async throws -> Value
) async throws -> Value {
    let listener = PostgresListener(
        configuration: configuration, channel: channel, logger: logger, silence: silence, backoff: backoff)
    try await listener.connect()
    do {
        let value = try await body(PostgresNotifications(listener: listener))
        await listener.close()
        return value
    } catch {
        await listener.close()
        throw error
    }
}

/// A channel's events, for one consumer. It ends when the task is cancelled; until then it never does.
///
/// Nothing is buffered here: what is not yet consumed waits in the connection and in the server.
package struct PostgresNotifications: AsyncSequence, Sendable {
    fileprivate let listener: PostgresListener

    package func makeAsyncIterator() -> Iterator { Iterator(listener: listener) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let listener: PostgresListener

        package mutating func next() async -> PostgresNotificationEvent? { await listener.next() }
    }
}

/// Keeps a listening connection up.
private actor PostgresListener {
    private let configuration: PostgresConfiguration
    private let channel: String
    private let logger: Logger
    private let silence: Duration
    private var backoff: Backoff
    private var connection: PostgresConnection?
    private var isAnnounced = false

    init(
        configuration: PostgresConfiguration, channel: String, logger: Logger, silence: Duration, backoff: Backoff
    ) {
        self.configuration = configuration
        self.channel = channel
        self.logger = logger
        self.silence = silence
        self.backoff = backoff
    }

    func connect() async throws(PostgresError) {
        let connection = try await PostgresConnection.connect(configuration, logger: logger)
        do {
            try await connection.listen(to: channel)
        } catch {
            await connection.close()
            throw error
        }
        self.connection = connection
        isAnnounced = false
        backoff.reset()
    }

    func close() async {
        await connection?.close()
        connection = nil
    }

    /// The next event; nil once the task is cancelled.
    func next() async -> PostgresNotificationEvent? {
        while !Task.isCancelled {
            do {
                if let connection { return try await event(from: connection) }
                try await connect()
            } catch {
                guard await waitBeforeReconnect(after: error) else { break }
            }
        }
        return nil
    }

    private func event(from connection: PostgresConnection) async throws(PostgresError) -> PostgresNotificationEvent? {
        guard isAnnounced else {
            isAnnounced = true
            return .connected
        }
        if let notification = try await connection.nextNotification(within: silence) {
            return .notification(notification)
        }
        if Task.isCancelled { return nil }
        try await connection.ping()
        return .silence
    }

    /// Returns false once the task is cancelled.
    private func waitBeforeReconnect(after error: PostgresError) async -> Bool {
        await close()
        guard !Task.isCancelled else { return false }
        let delay = backoff.next()
        logger.warning(
            "postgres_listener_disconnected",
            metadata: ["error": "\(error)", "channel": "\(channel)", "retry_in": "\(delay)"])
        do {
            try await Task.sleep(for: delay)
            return true
        } catch {
            return false
        }
    }
}
