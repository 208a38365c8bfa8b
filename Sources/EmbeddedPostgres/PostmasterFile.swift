import Foundation

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// What `postmaster.pid` in a cluster says of its server (PostgreSQL manual, "Database File Layout").
struct PostmasterFile: Sendable, Hashable {
    enum Status: String, Sendable {
        case starting
        case stopping
        case ready
        case standby
    }

    let processID: pid_t
    /// `nil` until the server has written it.
    let status: Status?

    /// Reads the file of the cluster in `directory`; `nil` if it is missing or torn.
    init?(cluster directory: FilePath) {
        guard let text = try? String(contentsOfFile: Self.path(in: directory), encoding: .utf8) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, let processID = pid_t(first.trimmingCharacters(in: .whitespaces)) else {
            return nil
        }
        self.processID = processID
        // Line 8; the status is padded with spaces.
        status = lines.count < 8 ? nil : Status(rawValue: lines[7].trimmingCharacters(in: .whitespaces))
    }

    static func path(in cluster: FilePath) -> String { cluster.appending("postmaster.pid").string }

    /// Whether the process named here is alive and works in `cluster`, as every PostgreSQL process does; one that got the
    /// number of a dead server does not. Where the system does not tell, it is taken for the server.
    func namesLiveServer(of cluster: FilePath) -> Bool {
        if kill(processID, 0) != 0, errno == ESRCH { return false }
        var expected = stat()
        guard stat(cluster.string, &expected) == 0 else { return true }
        switch Self.workingDirectory(of: processID) {
        case .directory(let actual): return actual.st_dev == expected.st_dev && actual.st_ino == expected.st_ino
        case .none: return false
        case .hidden: return true
        }
    }

    private enum WorkingDirectory {
        case directory(stat)
        /// The process has ended, though nobody may have taken note of that yet.
        case none
        case hidden
    }

    private static func workingDirectory(of processID: pid_t) -> WorkingDirectory {
        var status = stat()
        #if canImport(Darwin)
            var info = proc_vnodepathinfo()
            let size = CInt(MemoryLayout.size(ofValue: info))
            guard proc_pidinfo(processID, PROC_PIDVNODEPATHINFO, 0, &info, size) == size else {
                return errno == ESRCH ? .none : .hidden
            }
            let path = withUnsafeBytes(of: info.pvi_cdir.vip_path) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            return stat(path, &status) == 0 ? .directory(status) : .hidden
        #else
            if stat("/proc/\(processID)/cwd", &status) == 0 { return .directory(status) }
            return errno == ENOENT && access("/proc/self", F_OK) == 0 ? .none : .hidden
        #endif
    }
}
