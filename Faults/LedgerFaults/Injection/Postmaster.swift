import Foundation

/// The private server's first process, by the file it keeps in its directory.
struct Postmaster: Sendable {
    let dataDirectory: String

    var processID: pid_t? {
        let file = try? String(contentsOfFile: dataDirectory + "/postgres/postmaster.pid", encoding: .utf8)
        return file?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    /// Kills it; whether there was one.
    func kill() -> Bool {
        guard let processID, processID > 1 else { return false }
        return Foundation.kill(processID, SIGKILL) == 0
    }

    /// Kills it, and keeps those who would start it again from doing so for a while.
    func killForLong(_ span: Duration) async -> Bool {
        let descriptor = open(dataDirectory + "/start.lock", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        let isKilled = kill()
        if isLocked { try? await Task.sleep(for: span) }
        return isKilled && isLocked
    }
}
