import CLibPQ

/// A column of a result.
package struct PostgresColumn: Hashable, Sendable {
    package let name: String
    package let type: PostgresType
}

/// A statement's whole result. It owns libpq's memory, from which rows are decoded directly.
package struct PostgresRows: RandomAccessCollection, Sendable {
    let result: ResultMemory
    package let startIndex = 0
    package let endIndex: Int

    init(_ result: ResultMemory) {
        self.result = result
        endIndex = result.rowCount
    }

    package subscript(index: Int) -> PostgresRow {
        precondition(indices.contains(index), "a result of \(endIndex) rows has no row \(index)")
        return PostgresRow(result: result, index: index)
    }

    /// The columns in order; there are none for a statement that returns no rows.
    package var columns: [PostgresColumn] {
        (0..<result.columnCount).map { PostgresColumn(name: result.columnName($0), type: result.columnType($0)) }
    }

    /// How many rows the statement inserted, updated, deleted, moved or returned; 0 where that says nothing.
    package var affectedRows: Int { result.affectedRows }
}

/// Owns one `PGresult`, which nobody changes after libpq has handed it over.
final class ResultMemory: @unchecked Sendable {
    let pointer: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        rowCount = Int(PQntuples(pointer))
        columnCount = Int(PQnfields(pointer))
    }

    deinit {
        PQclear(pointer)
    }

    var affectedRows: Int {
        guard let text = PQcmdTuples(pointer), text.pointee != 0 else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    /// The command's tag, such as `COMMIT`.
    var commandTag: String { String(cString: PQcmdStatus(pointer)) }

    func columnName(_ column: Int) -> String { String(cString: PQfname(pointer, Int32(column))) }

    func columnType(_ column: Int) -> PostgresType { PostgresType(rawValue: PQftype(pointer, Int32(column))) }

    /// The cell's bytes, valid as long as the result; nil is NULL.
    func bytes(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        guard PQgetisnull(pointer, Int32(row), Int32(column)) == 0 else { return nil }
        let count = Int(PQgetlength(pointer, Int32(row), Int32(column)))
        return UnsafeRawBufferPointer(start: PQgetvalue(pointer, Int32(row), Int32(column)), count: count)
    }
}
