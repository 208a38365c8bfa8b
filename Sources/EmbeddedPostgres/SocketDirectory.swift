import Foundation

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The private directory in which the server makes its socket.
///
/// It lies outside the data directory, whose path may be longer than a socket's can be, under a name that cannot be
/// foreseen; a link in the data directory leads to it. Only the server's user can enter it, which is why the server
/// asks for no password.
struct SocketDirectory: Sendable {
    /// The port that gives the socket its name; there is no TCP port.
    static let port = 5432
    /// What fits into a socket's address on every system, with room to spare.
    static let maximumPathBytes = 100

    let path: FilePath

    private var socket: FilePath { path.appending(".s.PGSQL.\(Self.port)") }

    /// Whether the server's socket is there.
    var hasSocket: Bool {
        var status = stat()
        return lstat(socket.string, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// The directory that `link` leads to, if it is one that nobody but `owner` can have made and can enter.
    init?(link: FilePath, owner: ServerUser) {
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link.string) else { return nil }
        var status = stat()
        guard lstat(target, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == owner.userID,
            status.st_mode & 0o077 == 0
        else { return nil }
        path = FilePath(target)
    }

    /// Makes a new directory below `parent` and lets `link` lead to it.
    init(creatingIn parent: FilePath, link: FilePath, owner: ServerUser) throws {
        var template = Array(parent.appending("rl-XXXXXX").string.utf8CString)
        guard template.count + "/.s.PGSQL.\(Self.port)".utf8.count <= Self.maximumPathBytes else {
            throw EmbeddedPostgresError(
                code: .socketPathTooLong,
                message: "the path of a socket below \(parent) would be longer than \(Self.maximumPathBytes) bytes; "
                    + "use a directory with a shorter path")
        }
        guard mkdtemp(&template) != nil else {
            throw EmbeddedPostgresError.file("create a directory for the socket in", parent.string, errorNumber: errno)
        }
        path = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        if owner.isAnother, chown(path.string, owner.userID, owner.groupID) != 0 {
            throw EmbeddedPostgresError.file("give to \(owner.name)", path.string, errorNumber: errno)
        }
        unlink(link.string)
        guard symlink(path.string, link.string) == 0 else {
            let errorNumber = errno
            rmdir(path.string)
            throw EmbeddedPostgresError.file("create", link.string, errorNumber: errorNumber)
        }
    }

    /// Removes what a server left that died; PostgreSQL would take its lock file for that of a process with the same
    /// number.
    func clear() {
        unlink(socket.string)
        unlink(socket.string + ".lock")
    }

    /// Removes the directory and the link to it, once the server is gone.
    func remove(link: FilePath) {
        clear()
        rmdir(path.string)
        unlink(link.string)
    }
}
