/// A value that can be bound to a parameter of a query, in PostgreSQL's binary format.
package protocol PostgresEncodable: Sendable {
    /// The type the server is told.
    static var postgresType: PostgresType { get }
    /// Whether the value goes as text instead; only `numeric` does.
    static var isSentAsText: Bool { get }
    /// Whether it is SQL's NULL; then it is not encoded.
    var isNull: Bool { get }
    /// Appends the value's wire form, without its length.
    func encode(into bytes: inout [UInt8])
}

extension PostgresEncodable {
    package static var isSentAsText: Bool { false }
    package var isNull: Bool { false }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    package static var isSentAsText: Bool { Wrapped.isSentAsText }
    package var isNull: Bool { self?.isNull ?? true }

    package func encode(into bytes: inout [UInt8]) {
        self?.encode(into: &bytes)
    }
}
