import LedgerMigrations
package import LibPQ
package import Logging
package struct Migrator {
    let configuration: PostgresConfiguration
    let schema: String
    package init(_ configuration: PostgresConfiguration, schema: String, logger: Logger) { self.configuration = configuration; self.schema = schema }
    package func up() async throws {
        try await PostgresConnection.withConnection(configuration, logger: Logger(label: "m")) { c in
            let e = try await c.query("select to_regclass('ledger') is not null")
            if try e[0].decode(Bool.self) { return }
            try await c.execute(script: "select set_config('runledger.schema','\(schema)',false), set_config('runledger.owner_role','\(schema)_owner',false), set_config('runledger.writer_role','\(schema)_writer',false), set_config('runledger.reader_role','\(schema)_reader',false), set_config('search_path', '\(schema), pg_catalog, pg_temp', false)")
            for (_, text) in EmbeddedSQL.files.sorted(by: { $0.key < $1.key }).filter({ $0.key.contains(".up.") }) {
                try await c.execute(script: "begin; select set_config('role', case when to_regnamespace('\(schema)') is null then 'none' else '\(schema)_owner' end, true);" + text + "; commit")
            }
        }
    }
}
