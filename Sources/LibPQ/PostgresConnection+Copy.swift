extension PostgresConnection {
    /// Runs `COPY … FROM STDIN` with all its data, such as a ``CopyBuffer``'s.
    ///
    /// - Returns: how many rows the server took.
    /// - Throws: ``PostgresError``. One bad row loses the whole COPY; the connection stays usable.
    @discardableResult
    package func copyIn(_ statement: String, _ bytes: [UInt8]) async throws(PostgresError) -> Int {
        try await self.statement { session throws(PostgresError) in
            try session.beginCopy(statement)
            try session.putCopyData(bytes)
            return try session.endCopy(failure: session.gate.isStopping ? "cancelled" : nil)
        }
    }

    /// Runs `COPY … FROM STDIN` with data that `write` hands over as it comes. Until it returns, the connection takes
    /// nothing else.
    ///
    /// - Returns: how many rows the server took.
    /// - Throws: what `write` throws, after the rows have been discarded, or ``PostgresError``.
    @discardableResult
    package nonisolated(nonsending) func copyIn(
        _ statement: String, _ write: (CopyWriter) async throws -> Void
    ) async throws -> Int {
        try await beginCopy(statement)
        do {
            try await write(CopyWriter(connection: self))
        } catch {
            await abandonCopy()
            throw error
        }
        return try await endCopy()
    }

    private func beginCopy(_ statement: String) async throws(PostgresError) {
        try await self.statement { session throws(PostgresError) in try session.beginCopy(statement) }
    }

    fileprivate func put(_ bytes: [UInt8]) async throws(PostgresError) {
        try await statement { session throws(PostgresError) in
            try session.putCopyData(bytes)
            if session.gate.isStopping { throw .cancelledDuringCopy }
        }
    }

    private func endCopy() async throws(PostgresError) -> Int {
        guard !Task.isCancelled else {
            abandonCopy()
            throw .cancelledDuringCopy
        }
        return try await statement { session throws(PostgresError) in try session.endCopy(failure: nil) }
    }

    private func abandonCopy() {
        guard session.isCopying else { return }
        // The server answers with the failure it is told, which is no news; a broken connection is noted by the session.
        cleanUp { session throws(PostgresError) in _ = try? session.endCopy(failure: "the client gave up") }
    }
}

extension PostgresError {
    fileprivate static let cancelledDuringCopy = PostgresError(.cancelled, "The COPY was cancelled.")
}

/// Takes the data of one COPY.
package struct CopyWriter: Sendable {
    fileprivate let connection: PostgresConnection

    /// Sends the bytes; suspends while the server is busy. A bad row is reported by the end of the COPY.
    package func write(_ bytes: [UInt8]) async throws(PostgresError) {
        try await connection.put(bytes)
    }
}
