import CLibPQ
package import Logging

/// One connection to PostgreSQL.
///
/// It runs on a thread of its own, where libpq may block; callers only suspend. Calls are served one at a time, in
/// the order they come. Cancelling a task cancels its statement on the server; a statement that was done by then
/// returns its result as ever.
package actor PostgresConnection {
    private nonisolated let thread: ConnectionThread
    nonisolated let gate: StatementGate
    let session: Session
    /// Whether a ``transaction(_:_:)`` is open.
    var hasTransaction = false

    /// The server process that serves this connection, as in `pg_stat_activity.pid`.
    package nonisolated let backendPID: Int32
    /// Such as 150018 for 15.18.
    package nonisolated let serverVersion: Int

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private init(_ session: Session, thread: ConnectionThread) {
        self.session = session
        self.thread = thread
        gate = session.gate
        backendPID = PQbackendPID(session.connection)
        serverVersion = Int(PQserverVersion(session.connection))
    }

    deinit {
        thread.finish { [session] in session.close() }
    }

    /// Connects.
    ///
    /// - Throws: ``PostgresError/Code/connectionFailed``, with the server's SQLSTATE where it refused;
    ///   ``PostgresError/Code/cancelled``; ``PostgresError/Code/usage`` when the connection string cannot be parsed. A
    ///   retry is safe.
    package static func connect(
        _ configuration: PostgresConfiguration, logger: Logger
    ) async throws(PostgresError) -> PostgresConnection {
        guard let wake = WakePipe() else { throw .noFileDescriptor }
        let thread = ConnectionThread(name: "postgres")
        let result: Result<Session, PostgresError> = await withTaskCancellationHandler {
            await thread.run {
                Result { () throws(PostgresError) in
                    try Session.connect(configuration, logger: logger, wake: wake)
                }
            }
        } onCancel: {
            wake.signal()
        }
        switch result {
        case .success(let session): return PostgresConnection(session, thread: thread)
        case .failure(let error):
            thread.finish()
            throw error
        }
    }

    /// Connects for the time `body` runs.
    package nonisolated(nonsending) static func withConnection<Value>(
        _ configuration: PostgresConfiguration, logger: Logger,
        _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await connect(configuration, logger: logger)
        do {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Ends the session; what is still open in it is rolled back. Later calls throw.
    package func close() {
        session.close()
    }

    // MARK: From any thread

    /// Asks the server to end the statement that runs now, which then throws ``PostgresError/Code/cancelled``.
    ///
    /// Returns at once. A server that does not react within a few seconds loses the connection.
    package nonisolated func cancel() {
        gate.cancel()
    }

    /// Breaks the connection at once: a blocked call throws ``PostgresError/Code/connectionLost``.
    package nonisolated func abort() {
        gate.abort()
    }

    /// Whether the connection is neither closed nor known to be broken. A server that died since the last call is
    /// noticed by the next one only.
    package nonisolated var isUsable: Bool { gate.isUsable }

    /// Whether the connection is usable, and neither busy nor in a transaction.
    nonisolated var isIdle: Bool { gate.isIdle }

    /// Whether an idle connection has something to read, most likely the server's farewell.
    nonisolated var hasUnreadInput: Bool { gate.hasUnreadInput }
}
