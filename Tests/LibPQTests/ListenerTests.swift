import LedgerTestSupport
import LibPQ
import Testing

@Suite("Listening") struct ListenerTests {
    private static let channel = #"some "channel""#

    /// Listens on a channel of a database of its own, seen from another connection.
    private func withNotifications(
        silence: Duration = .seconds(30),
        _ body: (PostgresNotifications, PostgresConnection) async throws -> Void
    ) async throws {
        try await withTestDatabase { configuration in
            try await PostgresConnection.withConnection(configuration, logger: testLogger) { other in
                let backoff = Backoff(initial: .milliseconds(1), maximum: .milliseconds(20))
                try await withListener(
                    configuration, channel: Self.channel, logger: testLogger, silence: silence, backoff: backoff
                ) { try await body($0, other) }
            }
        }
    }

    private func notify(_ payload: String, on connection: PostgresConnection) async throws {
        try await connection.execute("select pg_notify(\(Self.channel), \(payload))")
    }

    @Test("Notifications come in order, after the connection has been announced")
    func order() async throws {
        try await withNotifications { notifications, other in
            for number in 0..<100 { try await notify("\(number)", on: other) }
            var iterator = notifications.makeAsyncIterator()
            let first = await iterator.next()
            #expect(first == .connected)
            for number in 0..<100 {
                let event = await iterator.next()
                #expect(
                    event
                        == .notification(
                            PostgresNotification(
                                channel: Self.channel, payload: "\(number)", backendPID: other.backendPID)))
            }
        }
    }

    @Test("A broken connection is made anew and announced again")
    func reconnect() async throws {
        try await withNotifications { notifications, other in
            var iterator = notifications.makeAsyncIterator()
            var event = await iterator.next()
            #expect(event == .connected)
            for round in 0..<3 {
                let count: Int = try await other.value(
                    """
                    select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
                    """)
                #expect(count == 1)
                event = await iterator.next()
                #expect(event == .connected, "round \(round)")
                try await notify("again", on: other)
                guard case .notification(let notification)? = await iterator.next() else {
                    Issue.record("no notification in round \(round)")
                    return
                }
                #expect(notification.payload == "again")
            }
        }
    }

    @Test("Cancelling the consumer ends the sequence at once")
    func cancellation() async throws {
        try await withNotifications { notifications, _ in
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let consumer = Task {
                var events: [PostgresNotificationEvent] = []
                for await event in notifications {
                    events.append(event)
                    start.yield()
                }
                return events
            }
            for await _ in started { break }
            let time = ContinuousClock.now
            consumer.cancel()
            let events = await consumer.value
            #expect(events == [.connected])
            #expect(.now - time < .seconds(20))
        }
    }

    @Test("Silence is reported after the connection has been checked")
    func silence() async throws {
        try await withNotifications(silence: .milliseconds(10)) { notifications, other in
            var iterator = notifications.makeAsyncIterator()
            let events = [await iterator.next(), await iterator.next(), await iterator.next()]
            #expect(events == [.connected, .silence, .silence])
        }
    }

    @Test("A first connection that fails is the caller's error")
    func unreachable() async throws {
        let configuration = PostgresConfiguration(connectionString: "host=/nonexistent user=nobody")
        let error = try await postgresError {
            try await withListener(configuration, channel: "c", logger: testLogger) { _ in }
        }
        #expect(error.code == .connectionFailed)
    }
}
