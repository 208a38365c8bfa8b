/// A type whose arrays PostgreSQL knows too.
package protocol PostgresArrayElement: Sendable {
    /// The type of an array of these.
    static var postgresArrayType: PostgresType { get }
    /// Appends an array's wire form.
    static func encodeArray(_ elements: [Self], into bytes: inout [UInt8])
    /// Reads a one-dimensional array.
    static func decodeArray(from cell: PostgresCell) throws(PostgresError) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }
    package func encode(into bytes: inout [UInt8]) { Element.encodeArray(self, into: &bytes) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package init(from cell: PostgresCell) throws(PostgresError) { self = try Element.decodeArray(from: cell) }
}

/// `[UInt8]` is `bytea`, not an array of a one-byte type, which PostgreSQL has not.
extension UInt8: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .bytea }

    package static func encodeArray(_ elements: [UInt8], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: elements)
    }

    package static func decodeArray(from cell: PostgresCell) throws(PostgresError) -> [UInt8] {
        guard cell.type == .bytea else { throw cell.mismatch([UInt8].self) }
        return Array(try cell.value(for: [UInt8].self))
    }
}

extension PostgresArrayElement where Self: PostgresEncodable & PostgresDecodable {
    /// Dimensions (none when empty), whether NULLs occur, element type, length, lower bound 1, then the elements.
    package static func encodeArray(_ elements: [Self], into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(elements.contains(where: \.isNull) ? 1 : 0))
        bytes.append(bigEndian: postgresType.rawValue)
        guard !elements.isEmpty else { return }
        bytes.append(bigEndian: Int32(elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements {
            bytes.append(lengthPrefixed: element)
        }
    }

    package static func decodeArray(from cell: PostgresCell) throws(PostgresError) -> [Self] {
        var reader = ArrayReader(try cell.value(for: [Self].self))
        let dimensions = try reader.next(Int32.self)
        _ = try reader.next(Int32.self)
        let elementType = PostgresType(rawValue: try reader.next(UInt32.self))
        if dimensions == 0 { return [] }
        guard dimensions == 1 else {
            throw PostgresError(.decoding, "an array of \(dimensions) dimensions where one was expected")
        }
        let count = Int(try reader.next(Int32.self))
        _ = try reader.next(Int32.self)
        var elements: [Self] = []
        elements.reserveCapacity(min(count, cell.bytes?.count ?? 0))
        for _ in 0..<count {
            elements.append(try Self(from: PostgresCell(bytes: try reader.nextElement(), type: elementType)))
        }
        return elements
    }
}

extension [UInt8] {
    /// Appends a value with its length before it; -1 is NULL.
    mutating func append(lengthPrefixed value: some PostgresEncodable) {
        guard !value.isNull else { return append(bigEndian: Int32(-1)) }
        let start = count
        append(bigEndian: Int32(0))
        value.encode(into: &self)
        let length = Int32(count - start - 4).bigEndian
        Swift.withUnsafeBytes(of: length) { replaceSubrange(start..<start + 4, with: $0) }
    }
}

/// Reads an array's wire form from front to back.
private struct ArrayReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func next<Value: FixedWidthInteger>(_ type: Value.Type) throws(PostgresError) -> Value {
        let size = MemoryLayout<Value>.size
        guard offset + size <= bytes.count else { throw PostgresError(.decoding, "an array that is cut short") }
        defer { offset += size }
        return bytes.readBigEndian(type, at: offset)
    }

    mutating func nextElement() throws(PostgresError) -> UnsafeRawBufferPointer? {
        let length = Int(try next(Int32.self))
        guard length >= 0 else { return nil }
        guard offset + length <= bytes.count else { throw PostgresError(.decoding, "an array that is cut short") }
        defer { offset += length }
        return bytes.slice(offset..<offset + length)
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement & PostgresEncodable & PostgresDecodable {
    package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}

extension Bool: PostgresArrayElement { package static var postgresArrayType: PostgresType { .boolArray } }
extension Int16: PostgresArrayElement { package static var postgresArrayType: PostgresType { .int2Array } }
extension Int32: PostgresArrayElement { package static var postgresArrayType: PostgresType { .int4Array } }
extension Int64: PostgresArrayElement { package static var postgresArrayType: PostgresType { .int8Array } }
extension Int: PostgresArrayElement { package static var postgresArrayType: PostgresType { .int8Array } }
extension Double: PostgresArrayElement { package static var postgresArrayType: PostgresType { .float8Array } }
extension String: PostgresArrayElement { package static var postgresArrayType: PostgresType { .textArray } }
extension PostgresTimestamp: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .timestamptzArray }
}
extension PostgresJSON: PostgresArrayElement { package static var postgresArrayType: PostgresType { .jsonbArray } }
