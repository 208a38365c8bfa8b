import CLibPQ

/// One `PGconn` and the blocking calls on it. Used on its connection's thread alone.
final class Session: @unchecked Sendable {
    let connection: OpaquePointer
    let gate: StatementGate
    let redactor: Redactor
    private let noticeLog: Unmanaged<NoticeLog>
    private var isClosed = false
    /// Whether a COPY is under way, during which the server takes nothing but its data.
    var isCopying = false

    init(_ connection: OpaquePointer, gate: StatementGate, redactor: Redactor, noticeLog: Unmanaged<NoticeLog>) {
        self.connection = connection
        self.gate = gate
        self.redactor = redactor
        self.noticeLog = noticeLog
    }

    deinit {
        precondition(isClosed, "a session is closed on its own thread")
    }

    /// Says goodbye to the server and frees everything. Nothing but this may follow.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        gate.close()
        PQfinish(connection)
        noticeLog.release()
    }

    // MARK: Statements

    /// Runs one statement by the extended protocol, with binary results.
    func run(_ query: PostgresQuery) throws(PostgresError) -> ResultMemory {
        try checkReady()
        let sql = try Self.checked(query.sql)
        let result = QueryParameters(query.bindings).withPointers { count, types, values, lengths, formats in
            PQexecParams(connection, sql, count, types, values, lengths, formats, 1)
        }
        return try checkResult(result)
    }

    /// Runs several statements by the simple protocol, sent whole; the result is the last one's.
    @discardableResult
    func run(script: String) throws(PostgresError) -> ResultMemory {
        try checkReady()
        return try checkResult(PQexec(connection, try Self.checked(script)))
    }

    /// Makes the server look at its mail: a cancel signal that came too late is dropped before the next statement.
    func drainCancellation() {
        guard !isClosed, gate.isUsable, PQtransactionStatus(connection) != PQTRANS_ACTIVE else { return }
        PQclear(PQexec(connection, ""))
    }

    var isInTransaction: Bool {
        !isClosed && PQtransactionStatus(connection) != PQTRANS_IDLE
    }

    // MARK: Results

    /// Refuses what cannot work: a closed connection, or a statement in the middle of a COPY.
    func checkReady() throws(PostgresError) {
        guard !isClosed, gate.isUsable else {
            throw PostgresError(.connectionLost, "The connection to the server is closed.")
        }
        guard !isCopying else {
            throw PostgresError(.usage, "A statement cannot run on a connection in the middle of a COPY.")
        }
    }

    /// libpq would cut the statement off at a NUL character.
    static func checked(_ sql: String) throws(PostgresError) -> String {
        guard !sql.utf8.contains(0) else {
            throw PostgresError(.usage, "A statement must not contain a NUL character.")
        }
        return sql
    }

    /// Takes ownership of the result and throws the error it tells of.
    func checkResult(_ pointer: OpaquePointer?) throws(PostgresError) -> ResultMemory {
        guard let pointer else { throw connectionError() }
        let result = ResultMemory(pointer)
        switch PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_SYNC:
            return result
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            refuseCopy()
            throw PostgresError(.usage, "COPY FROM STDIN needs copyIn(_:_:), and COPY TO STDOUT is not supported.")
        default:
            let isBad = PQstatus(connection) == CONNECTION_BAD || !gate.isUsable
            var error = PostgresError(result: pointer, isConnectionBad: isBad, redactor: redactor)
            // Without a condition it was libpq itself that refused.
            if error.code == .server, error.sqlState == nil { error.code = .usage }
            if error.code == .connectionLost { gate.markLost() }
            throw error
        }
    }

    /// What libpq says of the connection as a whole.
    func connectionError() -> PostgresError {
        let message = redactor.redact(String(cString: PQerrorMessage(connection))).trimmedToOneLine
        guard PQstatus(connection) == CONNECTION_BAD || !gate.isUsable else { return PostgresError(.usage, message) }
        gate.markLost()
        return PostgresError(.connectionLost, message.isEmpty ? "The connection to the server was lost." : message)
    }

    /// Ends a COPY that a plain statement began, so that the connection can go on.
    private func refuseCopy() {
        _ = PQputCopyEnd(connection, "not a COPY of this client")
        var buffer: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(connection, &buffer, 0) > 0 {
            PQfreemem(buffer)
        }
        discardResults()
    }

    /// Reads until the server is ready for the next statement.
    func discardResults() {
        while let result = PQgetResult(connection) {
            PQclear(result)
        }
    }
}
