#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The subdirectory of one process in a spool, locked by this one: its own, or that of a process that is gone.
///
/// The lock is on a file in it, held by the system for as long as the process lives, however it ends. A directory gets
/// its name only once it is locked, and the name is never used again, so nobody can take it for one of the dead.
struct SpoolOwner: Sendable {
    /// The directory's name: `<process id>-<UUIDv7>`.
    let name: String
    let path: String
    private let lock: OpenFile
    /// The directory itself, to synchronise the names in it.
    let directory: OpenFile

    /// Makes this process's subdirectory of the spool at `root`.
    init(in root: String) throws(FileError) {
        name = "\(getpid())-\(UUIDv7.next().text)"
        path = "\(root)/\(name)"
        let unnamed = "\(root)/.\(name)"
        try Directory.make(unnamed)
        do throws(FileError) {
            lock = try OpenFile("\(unnamed)/\(Self.lockName)", O_RDWR | O_CREAT)
            guard try lock.tryLock() else { throw FileError("lock", unnamed, code: EWOULDBLOCK) }
            try Directory.rename(unnamed, to: path)
            directory = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        } catch {
            try? Directory.remove(file: "\(unnamed)/\(Self.lockName)")
            Directory.remove(directory: unnamed)
            throw error
        }
    }

    /// Takes over the subdirectory called `name`; `nil` if its process lives, it is gone, or it is none.
    init?(adopting name: String, in root: String) {
        guard Self.startTime(of: name) != nil else { return nil }
        self.name = name
        path = "\(root)/\(name)"
        guard let lock = try? OpenFile("\(path)/\(Self.lockName)", O_RDWR), let isLocked = try? lock.tryLock(),
            isLocked,
            let directory = try? OpenFile(path, O_RDONLY | O_DIRECTORY)
        else { return nil }
        self.lock = lock
        self.directory = directory
    }

    /// What sorts subdirectories by the start of their process: the UUIDv7 in the name.
    static func startTime(of name: String) -> String? {
        guard let dash = name.firstIndex(of: "-"), Int32(name[..<dash]) != nil else { return nil }
        let uuid = String(name[name.index(after: dash)...])
        return UUID(uuidString: uuid) == nil ? nil : uuid
    }

    /// The batches in it, oldest first.
    func files() throws(FileError) -> [SpoolFile] {
        // The names of one directory sort by sequence: sixteen digits come first.
        try Directory.names(in: path).compactMap { name in
            guard let bytes = Directory.size(of: "\(path)/\(name)") else { return nil }
            return SpoolFile(owner: self.name, name: name, bytes: bytes)
        }
    }

    /// Removes it if it holds no batches. Whoever waits for its lock then finds nothing in it.
    func removeIfEmpty() throws(FileError) {
        guard try Directory.names(in: path) == [Self.lockName] else { return }
        try Directory.remove(file: "\(path)/\(Self.lockName)")
        Directory.remove(directory: path)
    }

    private static let lockName = "lock"
}
