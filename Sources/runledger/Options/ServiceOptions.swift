import ArgumentParser
import Foundation
import LedgerService

/// How the service listens, and whom it lets in.
struct ServiceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The address to listen on. (RUNLEDGER_HOST; default: 127.0.0.1)", valueName: "address"))
    var host: String?

    @Option(
        help: ArgumentHelp(
            "The port to listen on; 0 lets the system choose. (RUNLEDGER_PORT; default: 8080)", valueName: "port"))
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "A file with an administrator's token of 16 characters or more. "
                + "(RUNLEDGER_ADMIN_TOKEN_FILE, or the token itself in RUNLEDGER_ADMIN_TOKEN)",
            valueName: "file"),
        completion: .file())
    var adminTokenFile: String?

    @OptionGroup var reports: ReportsDirectoryOption

    @Option(
        help: ArgumentHelp(
            "A file of schedules, whose reports are made and delivered when they are due. (RUNLEDGER_SCHEDULES_FILE)",
            valueName: "file"),
        completion: .file())
    var schedules: String?

    func validate() throws {
        if let port, !(0...65_535).contains(port) { throw ValidationError("--port must be 0 to 65535.") }
        if let host, host.isEmpty { throw ValidationError("--host must be an address.") }
    }

    /// What the flags say, and where they say nothing, `settings`.
    func serviceSettings(_ settings: Settings) throws -> ServiceSettings {
        var service = ServiceSettings()
        service.host = host ?? settings.host ?? service.host
        service.port = try Self.value(
            port ?? settings.port, or: service.port, within: 0...65_535, name: "runledger.port")
        service.maximumDatabaseConnections = try Self.value(
            settings.databaseConnections, or: service.maximumDatabaseConnections, within: 4...200,
            name: "runledger.database.connections")
        service.maximumConnections = try Self.value(
            settings.connections, or: service.maximumConnections, within: 1...1_000_000, name: "runledger.connections")
        service.maximumSubscribers = try Self.value(
            settings.subscribers, or: service.maximumSubscribers, within: 1...1_000_000,
            name: "runledger.subscribers")
        let timeout = Int(service.requestTimeout.components.seconds)
        service.requestTimeout = .seconds(
            try Self.value(settings.requestTimeout, or: timeout, within: 1...3600, name: "runledger.request.timeout"))
        service.adminToken = try Self.adminToken(file: adminTokenFile ?? settings.adminTokenFile, settings)
        return service
    }

    private static func value(_ value: Int?, or usual: Int, within range: ClosedRange<Int>, name: String) throws -> Int
    {
        guard let value else { return usual }
        guard range.contains(value) else {
            throw CommandError("\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    private static func adminToken(file: String?, _ settings: Settings) throws -> String? {
        var token = settings.adminToken
        if let file {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandError("The token file \(file) cannot be read.")
            }
            token = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard let token else { return nil }
        guard token.utf8.count >= 16, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CommandError(
                "The administrator's token must be 16 or more printable ASCII characters without spaces; "
                    + "`openssl rand -hex 32` makes one.")
        }
        return token
    }
}
