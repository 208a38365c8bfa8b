internal import Configuration
import Foundation
import SystemPackage

/// Settings that flags leave open: from the environment, then from a file.
struct Settings {
    private let reader: ConfigReader

    /// Reads the environment and, where one is named, the JSON file `file` or that of `RUNLEDGER_CONFIG`.
    init(file: String?) async throws {
        let environment = EnvironmentVariablesProvider()
        var providers: [any ConfigProvider] = [environment]
        if let path = file ?? ProcessInfo.processInfo.environment["RUNLEDGER_CONFIG"] {
            providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
        }
        self.reader = ConfigReader(providers: providers).scoped(to: "runledger")
    }

    /// `runledger.database.url`: a libpq connection string. Empty, for libpq's own variables, where one of those says
    /// where a server is.
    var databaseURL: String? {
        if let url = reader.string(forKey: "database.url"), !url.isEmpty { return url }
        let environment = ProcessInfo.processInfo.environment
        let names = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE", "PGSERVICEFILE"]
        return names.contains { environment[$0]?.isEmpty == false } ? "" : nil
    }

    /// `runledger.schema`: the schema that holds the ledger.
    var schema: String? { reader.string(forKey: "schema") }

    /// `runledger.data.dir`: where the private PostgreSQL keeps its data.
    var dataDirectory: String? { reader.string(forKey: "data.dir") }
}
