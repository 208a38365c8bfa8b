import CLibPQ
import Foundation

extension Session {
    /// Sends all the queries before it reads the first answer.
    ///
    /// libpq does not block while it sends here: a server that waits for us to read its answers would otherwise wait
    /// for a client that waits for it to read the queries.
    func pipeline(_ queries: [PostgresQuery]) throws(PostgresError) -> [ResultMemory] {
        try checkReady()
        var statements: [String] = []
        for query in queries {
            statements.append(try Self.checked(query.sql))
        }
        guard PQenterPipelineMode(connection) == 1, PQsetnonblocking(connection, 1) == 0 else {
            throw connectionError()
        }
        let sent = Result { () throws(PostgresError) in try send(queries, statements) }
        guard case .success = sent, flushWhileReading() else {
            // Half of a pipeline cannot be taken back.
            let error = connectionError()
            gate.abort()
            if case .failure(let refused) = sent { throw refused }
            throw error
        }
        let results = Result { () throws(PostgresError) in try receive(count: queries.count) }
        guard PQexitPipelineMode(connection) == 1, PQsetnonblocking(connection, 0) == 0 else {
            let error = connectionError()
            gate.abort()
            _ = try results.get()
            throw error
        }
        return try results.get()
    }

    private func send(_ queries: [PostgresQuery], _ statements: [String]) throws(PostgresError) {
        for (query, sql) in zip(queries, statements) {
            let isSent = QueryParameters(query.bindings).withPointers { count, types, values, lengths, formats in
                PQsendQueryParams(connection, sql, count, types, values, lengths, formats, 1)
            }
            guard isSent == 1 else { throw connectionError() }
        }
        guard PQpipelineSync(connection) == 1 else { throw connectionError() }
    }

    private func flushWhileReading() -> Bool {
        while true {
            switch PQflush(connection) {
            case 0: return true
            case 1: break
            default: return false
            }
            _ = SocketWait.wait(for: PQsocket(connection), events: Int32(POLLIN | POLLOUT))
            guard PQconsumeInput(connection) == 1 else { return false }
        }
    }

    /// Reads every answer, then throws the first error; after it the server has skipped the rest.
    private func receive(count: Int) throws(PostgresError) -> [ResultMemory] {
        var results: [ResultMemory] = []
        var failure: PostgresError?
        for _ in 0..<count {
            let pointer = PQgetResult(connection)
            if failure == nil {
                do {
                    results.append(try pipelineResult(pointer))
                } catch {
                    failure = error
                }
            } else {
                PQclear(pointer)
            }
            guard gate.isUsable else { break }
            discardResults()
        }
        if gate.isUsable {
            // The answer to the sync, which frees the connection for what follows.
            PQclear(PQgetResult(connection))
        }
        if let failure { throw failure }
        return results
    }

    private func pipelineResult(_ pointer: OpaquePointer?) throws(PostgresError) -> ResultMemory {
        switch PQresultStatus(pointer) {
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            // The protocol has no way out of this but to hang up.
            PQclear(pointer)
            gate.abort()
            throw PostgresError(.usage, "COPY cannot be part of a pipeline; the connection was closed.")
        default:
            return try checkResult(pointer)
        }
    }
}
