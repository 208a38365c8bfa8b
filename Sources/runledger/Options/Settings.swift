internal import Configuration
import Foundation
import SystemPackage

/// What can be set by flags, the environment and a file of settings.
struct Settings {
    /// `runledger.database.url`: a libpq connection string; empty, for libpq's own variables, where one of those says
    /// where a server is; `nil` for the private one.
    var databaseURL: String?
    /// `runledger.schema`: the schema that holds the ledger.
    var schema: String
    /// `runledger.data.dir`: where the private PostgreSQL keeps its data; `nil` for the usual place.
    var dataDirectory: String?
    /// `runledger.host`: the address that `serve` listens on.
    var host: String?
    /// `runledger.port`: the port that `serve` listens on.
    var port: Int?
    /// `runledger.admin.token`: an administrator's token of the service, from 16 characters.
    var adminToken: String?
    /// `runledger.admin.token-file`: the file that holds it.
    var adminTokenFile: String?
    /// `runledger.reports.dir`: a directory of SQL files with reports beside the built-in ones.
    var reportsDirectory: String?
    /// `runledger.schedules.file`: the file of schedules whose reports `serve` makes and delivers.
    var schedulesFile: String?
    /// `runledger.database.connections`: how many connections `serve` opens to PostgreSQL.
    var databaseConnections: Int?
    /// `runledger.connections`: how many connections of clients `serve` takes.
    var connections: Int?
    /// `runledger.subscribers`: how many streams `serve` keeps open.
    var subscribers: Int?
    /// `runledger.request.timeout`: how many seconds a request to `serve` may take to arrive.
    var requestTimeout: Int?

    /// Reads the environment, and where that says nothing, the JSON file `file` or that of `RUNLEDGER_CONFIG`.
    init(file: String?) async throws {
        // An empty variable is one that is not set.
        let environment = ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty }
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider(environmentVariables: environment)]
        if let path = file ?? environment["RUNLEDGER_CONFIG"] {
            try Self.check(file: path)
            providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
        }
        let reader = ConfigReader(providers: providers).scoped(to: "runledger")
        databaseURL = reader.string(forKey: "database.url")
        schema = reader.string(forKey: "schema") ?? "runledger"
        dataDirectory = reader.string(forKey: "data.dir")
        try Self.check(environment)
        host = reader.string(forKey: "host")
        port = reader.int(forKey: "port")
        adminToken = reader.string(forKey: "admin.token", isSecret: true)
        adminTokenFile = reader.string(forKey: "admin.token-file")
        reportsDirectory = reader.string(forKey: "reports.dir")
        schedulesFile = reader.string(forKey: "schedules.file")
        databaseConnections = reader.int(forKey: "database.connections")
        connections = reader.int(forKey: "connections")
        subscribers = reader.int(forKey: "subscribers")
        requestTimeout = reader.int(forKey: "request.timeout")
        let server = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE", "PGSERVICEFILE"]
        if databaseURL == nil, server.contains(where: { environment[$0] != nil }) { databaseURL = "" }
    }

    private static let textKeys = [
        "database.url", "schema", "data.dir", "host", "admin.token", "admin.token-file", "reports.dir",
        "schedules.file",
    ]
    private static let numberKeys = ["port", "database.connections", "connections", "subscribers", "request.timeout"]
    private static let keys = textKeys + numberKeys

    /// Refuses variables that should be numbers and are none, which the reader would pass over.
    private static func check(_ environment: [String: String]) throws {
        for key in numberKeys {
            let name = "RUNLEDGER_" + key.replacing(".", with: "_").uppercased()
            if let value = environment[name], Int(value) == nil {
                throw CommandError("\(name) is \(value), which is no whole number.")
            }
        }
    }

    /// Refuses a file with a setting that is misspelt or of another type: passed over, it would lead to another database.
    private static func check(file path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError("The settings file \(path) cannot be read.")
        }
        guard let file = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let settings = (file["runledger"] ?? [:]) as? [String: Any]
        else {
            throw CommandError("The settings file \(path) must be one JSON object: {\"runledger\":{\"schema\":\"…\"}}.")
        }
        try check(settings, of: path, below: "")
    }

    private static func check(_ settings: [String: Any], of path: String, below prefix: String) throws {
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            let key = prefix + name
            if let group = value as? [String: Any], keys.contains(where: { $0.hasPrefix(key + ".") }) {
                try check(group, of: path, below: key + ".")
            } else if !keys.contains(key) {
                let known = keys.map { "runledger.\($0)" }.joined(separator: ", ")
                throw CommandError("\(path) sets runledger.\(key), which is no setting; the settings are \(known).")
            } else if textKeys.contains(key), !(value is String) {
                throw CommandError("\(path) sets runledger.\(key) to something that is no string.")
            } else if numberKeys.contains(key), !(value is Int) {
                throw CommandError("\(path) sets runledger.\(key) to something that is no whole number.")
            }
        }
    }
}
