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
        put(Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00])
        put(Int32(0))
        put(Int32(0))
    }

    /// Begins a row.
    package mutating func beginRow() {
        precondition(columnsLeft == 0, "a row of the COPY lacks \(columnsLeft) columns")
        put(Int16(columnCount))
        columnsLeft = columnCount
        rowCount += 1
    }

    /// Ends the data and returns it. The buffer is empty afterwards, ready for other rows.
    package mutating func finish() -> [UInt8] {
        precondition(columnsLeft == 0, "a row of the COPY lacks \(columnsLeft) columns")
        put(Int16(-1))
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
        put(Int32(-1))
    }

    /// `boolean`.
    package mutating func append(_ value: Bool) {
        beginColumn()
        put(Int32(1))
        put(UInt8(value ? 1 : 0))
    }

    /// `smallint`, `integer` or `bigint`, by the value's own width.
    package mutating func append(_ value: some FixedWidthInteger & SignedInteger) {
        beginColumn()
        put(Int32(value.bitWidth / 8))
        put(value)
    }

    /// `double precision`.
    package mutating func append(_ value: Double) {
        beginColumn()
        put(Int32(8))
        put(value.bitPattern)
    }

    /// `timestamptz`.
    package mutating func append(_ value: PostgresTimestamp) {
        append(value.microsecondsSince2000)
    }

    /// `uuid`.
    package mutating func append(_ value: UUID) {
        beginColumn()
        put(Int32(16))
        withUnsafeBytes(of: value.uuid) { put($0) }
    }

    /// `uuid`, or NULL.
    package mutating func append(_ value: UUID?) {
        if let value { append(value) } else { appendNull() }
    }

    /// `text`.
    package mutating func append(_ value: String) {
        beginColumn()
        put(lengthPrefixed: value)
    }

    /// `text`, or NULL.
    package mutating func append(_ value: String?) {
        if let value { append(value) } else { appendNull() }
    }

    /// `text` or `bytea`, as bytes.
    package mutating func append(bytes: UnsafeRawBufferPointer) {
        beginColumn()
        put(Int32(bytes.count))
        put(bytes)
    }

    /// `text` or `bytea`, as bytes.
    package mutating func append(bytes: [UInt8]) {
        bytes.withUnsafeBytes { append(bytes: $0) }
    }

    /// `jsonb`, as text in UTF-8.
    package mutating func appendJSONB(utf8: UnsafeRawBufferPointer) {
        beginColumn()
        put(Int32(utf8.count + 1))
        put(PostgresJSON.version)
        put(utf8)
    }

    /// `jsonb`, as text in UTF-8.
    package mutating func appendJSONB(utf8: [UInt8]) {
        utf8.withUnsafeBytes { appendJSONB(utf8: $0) }
    }

    /// `text[]`, of one dimension.
    package mutating func append(_ values: [String]) {
        beginColumn()
        let lengthAt = byteCount
        put(Int32(0))
        put(Int32(values.isEmpty ? 0 : 1))
        put(Int32(0))
        put(PostgresType.text.rawValue)
        if !values.isEmpty {
            put(Int32(values.count))
            put(Int32(1))
            for value in values { put(lengthPrefixed: value) }
        }
        overwrite(Int32(byteCount - lengthAt - 4), at: lengthAt)
    }
}

// MARK: Bytes

extension CopyBuffer {
    private mutating func beginColumn() {
        precondition(columnsLeft > 0, "a value outside a row of the COPY")
        columnsLeft -= 1
    }

    private mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        reserve(MemoryLayout<Value>.size)
        overwrite(value, at: byteCount)
        byteCount += MemoryLayout<Value>.size
    }

    private mutating func overwrite<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        storage.withUnsafeMutableBytes {
            $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
        }
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        storage.withUnsafeMutableBytes { buffer in
            buffer.baseAddress?.advanced(by: byteCount).copyMemory(from: source, byteCount: bytes.count)
        }
        byteCount += bytes.count
    }

    private mutating func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { put($0) }
    }

    private mutating func put(lengthPrefixed text: String) {
        var text = text
        text.withUTF8 { utf8 in
            put(Int32(utf8.count))
            put(UnsafeRawBufferPointer(utf8))
        }
    }

    private mutating func reserve(_ count: Int) {
        let needed = byteCount + count
        guard needed > storage.count else { return }
        let size = max(needed, 2 * storage.count)
        storage.append(contentsOf: repeatElement(0, count: size - storage.count))
    }
}
