/// A value that can be read from a result, in PostgreSQL's binary format.
package protocol PostgresDecodable {
    /// Reads the cell, or throws ``PostgresError/Code/decoding``.
    init(from cell: PostgresCell) throws(PostgresError)
}

/// One value of a result, valid only while it is being decoded.
package struct PostgresCell {
    /// The value's wire form; nil is NULL.
    package let bytes: UnsafeRawBufferPointer?
    package let type: PostgresType

    /// The bytes of a value that is not NULL.
    func value<Target>(for target: Target.Type) throws(PostgresError) -> UnsafeRawBufferPointer {
        guard let bytes else {
            throw PostgresError(.decoding, "NULL where \(target) was expected; ask for an optional")
        }
        return bytes
    }

    /// The bytes of a value of a fixed size.
    func value<Target>(for target: Target.Type, count: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
        let bytes = try value(for: target)
        guard bytes.count == count else {
            throw PostgresError(.decoding, "\(bytes.count) bytes where \(count) were expected for \(target)")
        }
        return bytes
    }

    func mismatch<Target>(_ target: Target.Type) -> PostgresError {
        PostgresError(.decoding, "a value of the type with oid \(type.rawValue) cannot be read as \(target)")
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package init(from cell: PostgresCell) throws(PostgresError) {
        self = cell.bytes == nil ? nil : try Wrapped(from: cell)
    }
}
