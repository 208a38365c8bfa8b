/// One row of a result.
package struct PostgresRow: Sendable {
    let result: ResultMemory
    let index: Int

    /// Decodes the first columns, in order: `let (id, name) = try row.decode(Int64.self, String?.self)`.
    ///
    /// - Throws: ``PostgresError/Code/decoding`` where a column is missing, has another type, or is NULL and the type
    ///   is not optional.
    package func decode<each Value: PostgresDecodable>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> (repeat each Value) {
        var column = -1
        func next<Next: PostgresDecodable>(_ type: Next.Type) throws(PostgresError) -> Next {
            column += 1
            return try decode(column, as: type)
        }
        return (repeat try next(each types))
    }

    /// Decodes the first column.
    package func decode<Value: PostgresDecodable>(_ type: Value.Type) throws(PostgresError) -> Value {
        try decode(0, as: type)
    }

    /// Decodes the column of that index.
    package func decode<Value: PostgresDecodable>(
        _ column: Int, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard (0..<result.columnCount).contains(column) else {
            throw PostgresError(.decoding, "a row of \(result.columnCount) columns has no column \(column)")
        }
        // Its memory must not go before the value has been read.
        defer { withExtendedLifetime(result) {} }
        do {
            return try Value(
                from: PostgresCell(
                    bytes: result.bytes(row: index, column: column), type: result.columnType(column)))
        } catch {
            var error = error
            error.message = "column \"\(result.columnName(column))\": \(error.message)"
            throw error
        }
    }

    /// Decodes the first column of that name.
    package func decode<Value: PostgresDecodable>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        try decode(try column(named: name), as: type)
    }

    private func column(named name: String) throws(PostgresError) -> Int {
        for column in 0..<result.columnCount where result.columnName(column) == name {
            return column
        }
        throw PostgresError(.decoding, "the result has no column \"\(name)\"")
    }
}
