import Foundation

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// PostgreSQL's programs as installed on this machine.
package struct PostgresInstallation: Sendable, Hashable {
    /// The oldest major version that the ledger runs on.
    package static let minimumMajorVersion = 15

    /// The directory that holds `postgres`, `initdb`, `pg_ctl` and `psql`.
    package let directory: String
    /// The major version, for example 17.
    package let majorVersion: Int

    /// The path of the program called `name`.
    func program(_ name: String) -> FilePath { FilePath(directory).appending(name) }

    /// Finds PostgreSQL: where `RUNLEDGER_POSTGRES_BIN` says, else by `pg_config`, in the directories of the usual
    /// packages, newest first, and on the search path.
    ///
    /// - Parameter majorVersion: the one version wanted; `nil` is any that the ledger runs on.
    package static func find(
        majorVersion: Int? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> PostgresInstallation {
        let runner = ProgramRunner(user: nil, environment: environment)
        var seen: [PostgresInstallation] = []
        for directory in try await candidates(environment: environment, runner: runner) {
            guard let found = try await PostgresInstallation(directory: directory, runner: runner) else { continue }
            let isWanted = majorVersion.map { $0 == found.majorVersion } ?? (found.majorVersion >= minimumMajorVersion)
            if isWanted { return found }
            if !seen.contains(found) { seen.append(found) }
        }
        throw notFound(majorVersion, seen: seen, setting: environment["RUNLEDGER_POSTGRES_BIN"])
    }

    private init(directory: String, majorVersion: Int) {
        self.directory = directory
        self.majorVersion = majorVersion
    }

    /// The installation in `directory`; `nil` unless it can create and run a cluster.
    private init?(directory: FilePath, runner: ProgramRunner) async throws {
        let postgres = directory.appending("postgres")
        for program in [postgres, directory.appending("initdb"), directory.appending("pg_ctl")] {
            guard access(program.string, X_OK) == 0 else { return nil }
        }
        let outcome = try await runner.run(postgres, ["--version"])
        // "postgres (PostgreSQL) 15.8 (Debian …)", "… 18beta1"
        guard outcome.succeeded, let number = outcome.output.split(separator: " ").dropFirst(2).first,
            let major = Int(number.prefix { $0.isNumber })
        else { return nil }
        self.init(directory: directory.string, majorVersion: major)
    }

    private static func candidates(
        environment: [String: String], runner: ProgramRunner
    ) async throws -> [FilePath] {
        if let setting = environment["RUNLEDGER_POSTGRES_BIN"], !setting.isEmpty { return [FilePath(setting)] }
        var directories: [FilePath] = []
        let configured = try await runner.run(shell: "exec pg_config --bindir", [])
        if configured.succeeded {
            directories.append(FilePath(configured.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        directories += versioned(in: "/usr/lib/postgresql", prefix: "")
        directories += versioned(in: "/usr", prefix: "pgsql-")
        for homebrew in ["/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"] {
            directories += versioned(in: FilePath(homebrew), prefix: "postgresql@")
        }
        directories += (environment["PATH"] ?? "").split(separator: ":").map { FilePath(String($0)) }
        return directories
    }

    /// The `bin` directories below `parent` of children named `prefix` and a version, the highest first.
    private static func versioned(in parent: FilePath, prefix: String) -> [FilePath] {
        let children = (try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? []
        let versions = children.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }
        return versions.sorted(by: >).map { parent.appending("\(prefix)\($0)").appending("bin") }
    }

    private static func notFound(
        _ majorVersion: Int?, seen: [PostgresInstallation], setting: String?
    ) -> EmbeddedPostgresError {
        let wanted = majorVersion.map(String.init) ?? "\(minimumMajorVersion) or later"
        let found = seen.map { "\($0.majorVersion) in \($0.directory)" }.joined(separator: ", ")
        let place = setting.map { $0.isEmpty ? "" : " in \($0), which RUNLEDGER_POSTGRES_BIN names" } ?? ""
        return EmbeddedPostgresError(
            code: .programsNotFound,
            message:
                "PostgreSQL \(wanted) was not found\(place)\(found.isEmpty ? "" : " (found \(found))"); install it "
                + "(apt install postgresql, brew install postgresql@17), set RUNLEDGER_POSTGRES_BIN to the directory "
                + "of its programs, or name a running server with --database-url")
    }
}
