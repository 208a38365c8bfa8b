import Foundation

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The directory that holds a private PostgreSQL and what its users agree by.
struct DataDirectory: Sendable {
    let path: FilePath

    /// The cluster itself, PostgreSQL's own data directory.
    var cluster: FilePath { path.appending("postgres") }
    /// A cluster that is still being created; it becomes `cluster` when it is whole.
    var unfinishedCluster: FilePath { path.appending("postgres.unfinished") }
    /// PostgreSQL's log.
    var log: FilePath { path.appending("postgres.log") }
    /// A symbolic link to the directory of the server's socket.
    var socketLink: FilePath { path.appending("socket") }
    /// Held while the server is being started or stopped.
    var startLock: FilePath { path.appending("start.lock") }
    /// Held, shared, by everybody who uses the server.
    var useLock: FilePath { path.appending("use.lock") }
    /// Held by the server itself, so by any process of it that is still alive.
    var serverLock: FilePath { path.appending("server.lock") }

    /// Where the data lie unless the user says otherwise.
    static func standardPath(environment: [String: String]) -> String {
        func setting(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let path = setting("RUNLEDGER_DATA_DIR") { return path }
        // Root's own home cannot be entered by the user that runs the server.
        if geteuid() == 0 { return "/var/lib/runledger" }
        if let path = setting("XDG_DATA_HOME") { return path + "/runledger" }
        let home = setting("HOME") ?? NSHomeDirectory()
        #if os(macOS)
            return home + "/Library/Application Support/runledger"
        #else
            return home + "/.local/share/runledger"
        #endif
    }

    /// Makes the directory if need be, and checks that the server's user owns it.
    func prepare(owner: ServerUser) throws {
        try makeParents()
        let isNew = mkdir(path.string, 0o700) == 0
        if !isNew, errno != EEXIST {
            throw EmbeddedPostgresError.file("create the data directory", path.string, errorNumber: errno)
        }
        var status = stat()
        guard stat(path.string, &status) == 0 else {
            throw EmbeddedPostgresError.file("open the data directory", path.string, errorNumber: errno)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw EmbeddedPostgresError.file("use the data directory", path.string, errorNumber: ENOTDIR)
        }
        if status.st_uid == owner.userID { return }
        // An empty directory of root's is one just made, here or as a container's volume.
        guard owner.isAnother, status.st_uid == 0, isEmpty else {
            throw EmbeddedPostgresError(
                code: .dataDirectoryNotOwned,
                message: "the data directory \(path) belongs to user \(Self.userName(status.st_uid)), not to "
                    + "\(owner.name), who would run PostgreSQL there; run this as its owner or set RUNLEDGER_DATA_DIR")
        }
        guard chown(path.string, owner.userID, owner.groupID) == 0 else {
            throw EmbeddedPostgresError.file(
                "give the data directory to \(owner.name):", path.string, errorNumber: errno)
        }
    }

    private func makeParents() throws {
        let parent = path.removingLastComponent()
        do {
            try FileManager.default.createDirectory(atPath: parent.string, withIntermediateDirectories: true)
        } catch {
            throw EmbeddedPostgresError(
                code: .dataDirectoryUnusable,
                message: "cannot create the directory \(parent): \(Self.reason(error)); "
                    + "set RUNLEDGER_DATA_DIR to a directory you can write to")
        }
    }

    private var isEmpty: Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: path.string))?.isEmpty ?? false
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        guard let underlying, underlying.domain == NSPOSIXErrorDomain else {
            let sentence = error.localizedDescription
            return String(sentence.last == "." ? sentence.dropLast() : sentence[...])
        }
        return String(cString: strerror(CInt(underlying.code)))
    }

    private static func userName(_ userID: uid_t) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(userID, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return "\(userID)" }
        // The name lies in the buffer.
        return withExtendedLifetime(buffer) { String(cString: entry.pw_name) }
    }
}
