extension PostgresConnection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// The body should await nothing but this connection, since it holds locks on the server. It runs where the caller
    /// does: whoever is isolated to the connection need not hand each statement to its thread.
    ///
    /// - Throws: what `body` throws, after the rollback. ``PostgresError/Code/unknownOutcome`` when the connection
    ///   broke while the answer to COMMIT was awaited; after any other error nothing has been committed. COMMIT itself
    ///   is not cancelled with the task, so that its outcome is known.
    package nonisolated(nonsending) func transaction<Value>(
        _ mode: TransactionMode = .readWrite,
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await begin(mode)
        return try await finish(body)
    }

    /// As ``transaction(_:_:)``, with `query` as the transaction's first, which is sent along with its beginning.
    ///
    /// - Parameter body: called with the rows of `query`.
    package nonisolated(nonsending) func transaction<Value>(
        _ mode: TransactionMode = .readWrite, opening query: PostgresQuery,
        _ body: nonisolated(nonsending) (PostgresConnection, PostgresRows) async throws -> Value
    ) async throws -> Value {
        let rows = try await begin(mode, query)
        return try await finish { try await body($0, rows) }
    }

    private nonisolated(nonsending) func finish<Value>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        let value: Value
        do {
            value = try await body(self)
        } catch {
            await rollBack()
            throw error
        }
        try await commit()
        return value
    }

    private func begin(_ mode: TransactionMode) async throws(PostgresError) {
        try await begin { session throws(PostgresError) in _ = try session.run(script: mode.begin) }
    }

    private func begin(_ mode: TransactionMode, _ query: PostgresQuery) async throws(PostgresError) -> PostgresRows {
        let begin = PostgresQuery(unsafeSQL: mode.begin)
        return try await PostgresRows(
            self.begin { session throws(PostgresError) in try session.pipeline([begin, query])[1] })
    }

    private func begin<R: Sendable>(
        _ body: @escaping @Sendable (Session) throws(PostgresError) -> R
    ) async throws(PostgresError) -> R {
        guard !hasTransaction, !session.isInTransaction else {
            throw PostgresError(.usage, "A transaction is already open on this connection.")
        }
        hasTransaction = true
        do {
            return try await statement(body)
        } catch {
            rollBack()
            throw error
        }
    }

    private func commit() throws(PostgresError) {
        hasTransaction = false
        let tag: String
        do {
            tag = try uncancellableStatement { session throws(PostgresError) in
                try session.run(script: "COMMIT").commandTag
            }
        } catch let lost where lost.code == .connectionLost {
            var error = lost
            error.code = .unknownOutcome
            error.message = "The connection broke during COMMIT, so the outcome is unknown: \(error.message)"
            throw error
        }
        // The server answers COMMIT of a failed transaction by rolling it back, and calls that a success.
        guard tag == "COMMIT" else {
            throw PostgresError(
                .server, "The transaction was rolled back, since a statement in it had failed.",
                sqlState: .inFailedSQLTransaction)
        }
    }

    /// A connection that cannot roll back is given up, which rolls back as well.
    private func rollBack() {
        hasTransaction = false
        guard isUsable, session.isInTransaction else { return }
        cleanUp { session throws(PostgresError) in try session.run(script: "ROLLBACK") }
    }
}
