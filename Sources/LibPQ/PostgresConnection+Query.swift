extension PostgresConnection {
    /// Runs a statement and returns its rows.
    ///
    /// - Throws: ``PostgresError``; after ``PostgresError/Code/connectionLost`` outside a transaction the statement
    ///   may have taken effect, after any other error it has not.
    package func query(_ query: PostgresQuery) async throws(PostgresError) -> PostgresRows {
        PostgresRows(try await statement { session throws(PostgresError) in try session.run(query) })
    }

    /// Runs a statement and returns how many rows it affected. Errors are those of ``query(_:)``.
    @discardableResult
    package func execute(_ query: PostgresQuery) async throws(PostgresError) -> Int {
        try await statement { session throws(PostgresError) in try session.run(query) }.affectedRows
    }

    /// Runs several statements, sent whole, in one transaction unless they say otherwise.
    ///
    /// - Throws: ``PostgresError``, whose `position` counts characters in the script from 1.
    package func execute(script: String) async throws(PostgresError) {
        _ = try await statement { session throws(PostgresError) in try session.run(script: script) }
    }

    /// Runs a blocking piece of work that the task's cancellation, or ``cancel()``, can end.
    func statement<Value>(
        _ work: (Session) throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let call = gate.newCall()
        let result: Result<Value, PostgresError> = await withTaskCancellationHandler {
            guard !Task.isCancelled else { return .failure(.cancelledBeforeStart) }
            return perform(call, work)
        } onCancel: { [gate] in
            gate.cancel(call)
        }
        return try result.get()
    }

    /// Runs a blocking piece of work that nothing but ``abort()`` ends: one whose outcome must be known.
    func uncancellableStatement<Value>(
        _ work: (Session) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        gate.begin(gate.newCall(), isCancellable: false)
        defer { _ = gate.end(isInTransaction: session.isInTransaction) }
        return try work(session)
    }

    /// Runs a blocking piece of work that puts the connection in order, also in a cancelled task. When the server does
    /// not play along, the connection is given up.
    func cleanUp(_ work: (Session) throws(PostgresError) -> Void) {
        let call = gate.newCall()
        gate.begin(call, isCancellable: false)
        gate.limit(call)
        do {
            try work(session)
        } catch {
            // What was to be cleaned up ends with the session.
            gate.abort()
        }
        _ = gate.end(isInTransaction: session.isInTransaction)
    }

    private func perform<Value>(
        _ call: StatementGate.Call, _ work: (Session) throws(PostgresError) -> Value
    ) -> Result<Value, PostgresError> {
        gate.begin(call)
        // A task that was cancelled before `begin` found nothing to cancel; from here on the gate knows the call.
        var result: Result<Value, PostgresError> = .failure(.cancelledBeforeStart)
        if !Task.isCancelled {
            result = Result { () throws(PostgresError) in try work(session) }
        }
        guard gate.end(isInTransaction: session.isInTransaction) else { return result }
        cleanUp { session in session.drainCancellation() }
        return result.mapError { $0.asCancellation }
    }
}

extension PostgresError {
    static let cancelledBeforeStart = PostgresError(.cancelled, "The task was cancelled before the statement began.")

    /// The error of a statement whose cancellation was requested.
    fileprivate var asCancellation: PostgresError {
        guard code == .server, sqlState == .queryCanceled else { return self }
        var error = self
        error.code = .cancelled
        return error
    }
}
