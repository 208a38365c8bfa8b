extension PostgresConnection {
    /// Begins to listen.
    func listen(to channel: String) async throws(PostgresError) {
        _ = try await query("listen \(identifier: channel)")
    }

    /// Waits for a notification; nil when none came within the time, or the task was cancelled.
    ///
    /// The connection's thread is taken until then: it serves nothing else.
    func nextNotification(within limit: Duration) async throws(PostgresError) -> PostgresNotification? {
        guard let wake = WakePipe() else { throw .noFileDescriptor }
        let result: Result<PostgresNotification?, PostgresError> = await withTaskCancellationHandler {
            Result { () throws(PostgresError) in
                try session.waitForNotification(wake: wake, until: .now + limit)
            }
        } onCancel: {
            wake.signal()
        }
        return try result.get()
    }

    /// Makes a round trip to the server.
    func ping() async throws(PostgresError) {
        try await execute(script: "")
    }
}
