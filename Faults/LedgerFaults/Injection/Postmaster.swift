import Foundation

/// The private server's first process, by the file it keeps in its directory.
struct Postmaster: Sendable {
    let dataDirectory: String

    var processID: pid_t? {
        let file = try? String(contentsOfFile: dataDirectory + "/postgres/postmaster.pid", encoding: .utf8)
        return file?.split(separator: "\n").first.flatMap { pid_t($0) }
    }

    /// For how long one that is not there is waited for; after another fault it may be slow to come back.
    private static let patience = Duration.seconds(30)

    /// Kills it as soon as there is one; whether there was.
    func kill() async -> Bool {
        await isDone(killNow)
    }

    /// Kills it, and keeps those who would start it again from doing so for a while.
    func killForLong(_ span: Duration) async -> Bool {
        let descriptor = open(dataDirectory + "/start.lock", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let isKilled = await isDone {
            // Whoever is just starting it holds the lock.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
            if killNow() { return true }
            flock(descriptor, LOCK_UN)
            return false
        }
        if isKilled { try? await Task.sleep(for: span) }
        return isKilled
    }

    private func killNow() -> Bool {
        guard let processID, processID > 1 else { return false }
        return Foundation.kill(processID, SIGKILL) == 0
    }

    /// Tries until `act` succeeds; whether it did.
    private func isDone(_ act: () -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        while !act() {
            guard ContinuousClock.now < deadline, (try? await Task.sleep(for: .milliseconds(50))) != nil else {
                return false
            }
        }
        return true
    }
}
