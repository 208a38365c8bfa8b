import CLibPQ

extension Session {
    /// libpq keeps what the socket does not take, so it is fed in pieces.
    private static let chunkSize = 1 << 18

    /// Sends `COPY … FROM STDIN` and leaves the connection waiting for data.
    func beginCopy(_ statement: String) throws(PostgresError) {
        try checkReady()
        guard let pointer = PQexec(connection, try Self.checked(statement)) else { throw connectionError() }
        guard PQresultStatus(pointer) == PGRES_COPY_IN else {
            _ = try checkResult(pointer)
            throw PostgresError(.usage, "copyIn(_:_:) needs a COPY … FROM STDIN.")
        }
        PQclear(pointer)
        isCopying = true
    }

    /// Sends data, until all is sent or the copy has been asked to stop.
    func putCopyData(_ bytes: [UInt8]) throws(PostgresError) {
        guard isCopying else { throw PostgresError(.usage, "The COPY has already ended.") }
        guard bytes.withUnsafeBytes(putCopyChunks) else {
            isCopying = false
            throw connectionError()
        }
    }

    private func putCopyChunks(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset < bytes.count, !gate.isStopping {
            let chunk = bytes.slice(offset..<min(offset + Self.chunkSize, bytes.count))
            let base = chunk.assumingMemoryBound(to: CChar.self).baseAddress
            guard PQputCopyData(connection, base, Int32(chunk.count)) == 1 else { return false }
            offset += chunk.count
        }
        return true
    }

    /// Ends the copy and waits for the server's verdict.
    ///
    /// - Parameter failure: why the server must throw the rows away; nil to keep them.
    /// - Returns: the number of rows.
    func endCopy(failure: String?) throws(PostgresError) -> Int {
        guard isCopying else { throw PostgresError(.usage, "The COPY has already ended.") }
        isCopying = false
        guard PQputCopyEnd(connection, failure) == 1 else { throw connectionError() }
        let pointer = PQgetResult(connection)
        defer { discardResults() }
        return try checkResult(pointer).affectedRows
    }
}
