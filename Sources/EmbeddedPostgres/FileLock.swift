import Foundation
import Logging

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// An advisory lock on a whole file (`flock`). The system drops it when the last process that holds the descriptor ends,
/// however it ends; two descriptors exclude each other also within one process.
struct FileLock: Sendable {
    enum Kind {
        case shared
        case exclusive
    }

    let descriptor: FileDescriptor

    /// Takes the lock if that is possible at once.
    static func tryAcquire(_ kind: Kind, at path: FilePath, owner: ServerUser) throws -> FileLock? {
        let descriptor = try openFile(path, owner: owner)
        let operation = kind == .shared ? LOCK_SH : LOCK_EX
        while flock(descriptor.rawValue, operation | LOCK_NB) != 0 {
            let errorNumber = errno
            if errorNumber == EINTR { continue }
            close(descriptor.rawValue)
            if errorNumber == EWOULDBLOCK { return nil }
            throw EmbeddedPostgresError.file("lock", path.string, errorNumber: errorNumber)
        }
        return FileLock(descriptor: descriptor)
    }

    /// Waits for the lock, for as long as it takes or until `deadline`; `nil` when that has passed.
    ///
    /// It asks again and again because a call that waits would hold a thread and could not be cancelled.
    static func acquire(
        _ kind: Kind, at path: FilePath, owner: ServerUser, deadline: ContinuousClock.Instant? = nil, logger: Logger
    ) async throws -> FileLock? {
        var sayAt: ContinuousClock.Instant? = .now + .seconds(3)
        while true {
            if let lock = try tryAcquire(kind, at: path, owner: owner) { return lock }
            if let deadline, .now >= deadline { return nil }
            if let instant = sayAt, .now >= instant {
                logger.notice("waiting for another command that starts or stops the same PostgreSQL")
                sayAt = nil
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Gives the lock up, also for processes that inherited the descriptor.
    func release() {
        _ = flock(descriptor.rawValue, LOCK_UN)
        close(descriptor.rawValue)
    }

    /// Leaves the lock to the processes that inherited the descriptor.
    func handOver() {
        close(descriptor.rawValue)
    }

    /// Opens the file, which is made if need be and then belongs to the server's user.
    private static func openFile(_ path: FilePath, owner: ServerUser) throws -> FileDescriptor {
        // The directory is another user's where this process is root: never follow a link there, and give away no file
        // that was there before.
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW
        while true {
            let created = open(path.string, flags | O_CREAT | O_EXCL, 0o600)
            if created >= 0 {
                if owner.isAnother { fchown(created, owner.userID, owner.groupID) }
                return FileDescriptor(rawValue: created)
            }
            guard errno == EEXIST else { throw EmbeddedPostgresError.file("create", path.string, errorNumber: errno) }
            let existing = open(path.string, flags)
            if existing >= 0 { return FileDescriptor(rawValue: existing) }
            guard errno == ENOENT else { throw EmbeddedPostgresError.file("open", path.string, errorNumber: errno) }
        }
    }
}
