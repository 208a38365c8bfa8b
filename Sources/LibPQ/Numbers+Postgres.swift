extension PostgresCell {
    /// Reads `smallint`, `integer`, `bigint` or `oid`, if the value fits.
    func integer<Target: FixedWidthInteger>(_ target: Target.Type) throws(PostgresError) -> Target {
        let wide: Int64
        switch type {
        case .int2: wide = Int64(try value(for: target, count: 2).readBigEndian(Int16.self))
        case .int4: wide = Int64(try value(for: target, count: 4).readBigEndian(Int32.self))
        case .int8: wide = try value(for: target, count: 8).readBigEndian(Int64.self)
        case .oid: wide = Int64(try value(for: target, count: 4).readBigEndian(UInt32.self))
        default: throw mismatch(target)
        }
        guard let result = Target(exactly: wide) else {
            throw PostgresError(.decoding, "an integer that does not fit in \(target)")
        }
        return result
    }
}

extension Int16: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int2 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
    package init(from cell: PostgresCell) throws(PostgresError) { self = try cell.integer(Int16.self) }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int4 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
    package init(from cell: PostgresCell) throws(PostgresError) { self = try cell.integer(Int32.self) }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
    package init(from cell: PostgresCell) throws(PostgresError) { self = try cell.integer(Int64.self) }
}

extension Int: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .int8 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }
    package init(from cell: PostgresCell) throws(PostgresError) { self = try cell.integer(Int.self) }
}

extension Double: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .float8 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }

    package init(from cell: PostgresCell) throws(PostgresError) {
        switch cell.type {
        case .float8:
            self.init(bitPattern: try cell.value(for: Double.self, count: 8).readBigEndian(UInt64.self))
        case .float4:
            let bits = try cell.value(for: Double.self, count: 4).readBigEndian(UInt32.self)
            self.init(Float(bitPattern: bits))
        default:
            throw cell.mismatch(Double.self)
        }
    }
}

extension Bool: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .bool }
    package func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }

    package init(from cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .bool else { throw cell.mismatch(Bool.self) }
        self = try cell.value(for: Bool.self, count: 1)[0] != 0
    }
}
