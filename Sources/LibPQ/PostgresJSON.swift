/// JSON as UTF-8 text, sent as `jsonb` and read from `jsonb` or `json`.
package struct PostgresJSON: Hashable, Sendable {
    /// The text; nobody here checks that it is JSON, the server does.
    package var utf8: [UInt8]

    package init(utf8: [UInt8]) {
        self.utf8 = utf8
    }

    package init(text: String) {
        utf8 = Array(text.utf8)
    }

    package var text: String { String(decoding: utf8, as: UTF8.self) }

    /// The one version of jsonb's binary format.
    static let version: UInt8 = 1

    /// Takes the version byte off.
    static func text(ofJSONB bytes: UnsafeRawBufferPointer) throws(PostgresError) -> UnsafeRawBufferPointer {
        guard bytes.first == version else {
            throw PostgresError(.decoding, "jsonb in a version of its format that is not \(version)")
        }
        return bytes.slice(1..<bytes.count)
    }
}

extension PostgresJSON: PostgresEncodable, PostgresDecodable {
    package static var postgresType: PostgresType { .jsonb }

    package func encode(into bytes: inout [UInt8]) {
        bytes.append(Self.version)
        bytes.append(contentsOf: utf8)
    }

    package init(from cell: PostgresCell) throws(PostgresError) {
        let bytes = try cell.value(for: PostgresJSON.self)
        switch cell.type {
        case .jsonb: utf8 = Array(try Self.text(ofJSONB: bytes))
        case .json: utf8 = Array(bytes)
        default: throw cell.mismatch(PostgresJSON.self)
        }
    }
}
