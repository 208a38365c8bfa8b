/// The names of the three roles of a ledger.
package struct LedgerRoles: Hashable, Sendable {
    /// Owns every object, and does not log in.
    package var owner: String
    /// Stores events.
    package var writer: String
    /// Asks.
    package var reader: String

    package init(owner: String, writer: String, reader: String) {
        self.owner = owner
        self.writer = writer
        self.reader = reader
    }

    /// The usual names: the schema's, with `_owner`, `_writer` and `_reader` behind.
    package init(schema: String) {
        self.init(owner: "\(schema)_owner", writer: "\(schema)_writer", reader: "\(schema)_reader")
    }
}
