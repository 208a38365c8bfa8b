package import Foundation

extension String: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .text }
    package func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }

    package init(from cell: PostgresCell) throws(PostgresError) {
        let bytes = try cell.value(for: String.self)
        if cell.type.isTextual {
            self.init(decoding: bytes, as: UTF8.self)
        } else if cell.type == .jsonb {
            self.init(decoding: try PostgresJSON.text(ofJSONB: bytes), as: UTF8.self)
        } else {
            throw cell.mismatch(String.self)
        }
    }
}

extension UUID: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .uuid }

    package func encode(into bytes: inout [UInt8]) {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }

    package init(from cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .uuid else { throw cell.mismatch(UUID.self) }
        let bytes = try cell.value(for: UUID.self, count: 16)
        self.init(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

extension UUID: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .uuidArray }
}
