package import Foundation

/// Builds the data of a binary COPY in memory.
///
/// The format is in the PostgreSQL manual, under COPY, "Binary Format". Each row begins with ``beginRow()`` and has
/// exactly ``columnCount`` values, whose types must be the columns' own: `Int32` does not do for a `bigint`.
package struct CopyBuffer: Sendable {
    package let columnCount: Int
    package private(set) var rowCount = 0
    private var columnsLeft = 0
    /// Grown ahead of `byteCount`, so that a value costs one store and no call.
    private var storage: [UInt8]
    /// How many bytes have been written.
    package private(set) var byteCount = 0

    /// - Parameter reservedBytes: room made at once; 64 KiB.
    package init(columnCount: Int, reservedBytes: Int = 1 << 16) {
        precondition((1...1600).contains(columnCount), "a table has from 1 to 1600 columns")
        self.columnCount = columnCount
        storage = [UInt8](repeating: 0, count: max(64, reservedBytes))
        // Signature, flags, length of the header's extension.
        let header: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [0, 0, 0, 0] + [0, 0, 0, 0]
        put(header.count) { $0.copyBytes(from: header) }
    }

    /// Begins a row.
    package mutating func beginRow() {
        precondition(columnsLeft == 0, "a row of the COPY lacks \(columnsLeft) columns")
        let count = Int16(columnCount)
        put(2) { $0.storeBigEndian(count) }
        columnsLeft = columnCount
        rowCount += 1
    }

    /// Ends the data and returns it. The buffer is empty afterwards, ready for other rows.
    package mutating func finish() -> [UInt8] {
        precondition(columnsLeft == 0, "a row of the COPY lacks \(columnsLeft) columns")
        put(2) { $0.storeBigEndian(Int16(-1)) }
        var bytes: [UInt8] = []
        swap(&bytes, &storage)
        bytes.removeLast(bytes.count - byteCount)
        self = CopyBuffer(columnCount: columnCount)
        return bytes
    }
}

// MARK: Values

extension CopyBuffer {
    /// NULL.
    package mutating func appendNull() {
        beginColumn()
        put(4) { $0.storeBigEndian(Int32(-1)) }
    }

    /// `boolean`.
    package mutating func append(_ value: Bool) {
        putColumn(1) { $0.storeBigEndian(UInt8(value ? 1 : 0)) }
    }

    /// `smallint`.
    package mutating func append(_ value: Int16) {
        putColumn(2) { $0.storeBigEndian(value) }
    }

    /// `integer`.
    package mutating func append(_ value: Int32) {
        putColumn(4) { $0.storeBigEndian(value) }
    }

    /// `bigint`.
    package mutating func append(_ value: Int64) {
        putColumn(8) { $0.storeBigEndian(value) }
    }

    /// `bigint`.
    package mutating func append(_ value: Int) {
        putColumn(8) { $0.storeBigEndian(Int64(value)) }
    }

    /// `double precision`.
    package mutating func append(_ value: Double) {
        putColumn(8) { $0.storeBigEndian(value.bitPattern) }
    }

    /// `timestamptz`.
    package mutating func append(_ value: PostgresTimestamp) {
        putColumn(8) { $0.storeBigEndian(value.microsecondsSince2000) }
    }

    /// `uuid`.
    package mutating func append(_ value: UUID) {
        putColumn(16) { $0.storeBytes(of: value.uuid, as: uuid_t.self) }
    }

    /// `uuid`, or NULL.
    package mutating func append(_ value: UUID?) {
        if let value { append(value) } else { appendNull() }
    }

    /// `text`.
    package mutating func append(_ value: String) {
        var value = value
        value.withUTF8 { append(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// `text`, or NULL.
    package mutating func append(_ value: String?) {
        if let value { append(value) } else { appendNull() }
    }

    /// `text` or `bytea`, as bytes.
    package mutating func append(bytes: UnsafeRawBufferPointer) {
        putColumn(bytes.count) { $0.copyMemory(from: bytes) }
    }

    /// `text` or `bytea`, as bytes.
    package mutating func append(bytes: [UInt8]) {
        bytes.withUnsafeBytes { append(bytes: $0) }
    }

    /// `jsonb`, as text in UTF-8.
    package mutating func appendJSONB(utf8: UnsafeRawBufferPointer) {
        putColumn(1 + utf8.count) {
            $0.storeBigEndian(PostgresJSON.version)
            UnsafeMutableRawBufferPointer(rebasing: $0[1...]).copyMemory(from: utf8)
        }
    }

    /// `jsonb`, as text in UTF-8.
    package mutating func appendJSONB(utf8: [UInt8]) {
        utf8.withUnsafeBytes { appendJSONB(utf8: $0) }
    }

    /// `text[]`, of one dimension.
    package mutating func append(_ values: [String]) {
        let lengthAt = byteCount
        putColumn(values.isEmpty ? 12 : 20) { header in
            // Dimensions, whether there are NULLs, element type; then length and lower bound of the dimension.
            header.storeBigEndian(Int32(values.isEmpty ? 0 : 1))
            header.storeBigEndian(Int32(0), at: 4)
            header.storeBigEndian(PostgresType.text.rawValue, at: 8)
            guard !values.isEmpty else { return }
            header.storeBigEndian(Int32(values.count), at: 12)
            header.storeBigEndian(Int32(1), at: 16)
        }
        guard !values.isEmpty else { return }
        for var value in values {
            value.withUTF8 { utf8 in
                putLengthPrefixed(utf8.count) { $0.copyMemory(from: UnsafeRawBufferPointer(utf8)) }
            }
        }
        let length = Int32(byteCount - lengthAt - 4)
        storage.withUnsafeMutableBytes { $0.storeBigEndian(length, at: lengthAt) }
    }
}

// MARK: Bytes

extension CopyBuffer {
    private mutating func beginColumn() {
        precondition(columnsLeft > 0, "a value outside a row of the COPY")
        columnsLeft -= 1
    }

    @inline(__always)
    private mutating func putColumn(_ count: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) {
        beginColumn()
        putLengthPrefixed(count, write)
    }

    @inline(__always)
    private mutating func putLengthPrefixed(_ count: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) {
        put(4 + count) {
            $0.storeBigEndian(Int32(count))
            write(UnsafeMutableRawBufferPointer(rebasing: $0[4...]))
        }
    }

    /// Makes room for `count` bytes and has them written.
    @inline(__always)
    private mutating func put(_ count: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) {
        let end = byteCount + count
        if end > storage.count { grow(to: end) }
        let range = byteCount..<end
        storage.withUnsafeMutableBytes { write(UnsafeMutableRawBufferPointer(rebasing: $0[range])) }
        byteCount = end
    }

    private mutating func grow(to size: Int) {
        // As one array: byte by byte, a build that is not optimized takes minutes for a few megabytes.
        storage += [UInt8](repeating: 0, count: max(size, 2 * storage.count) - storage.count)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores an integer in network byte order.
    @inline(__always)
    fileprivate func storeBigEndian<Value: FixedWidthInteger>(_ value: Value, at offset: Int = 0) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
    }
}
