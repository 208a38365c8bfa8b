import Foundation

/// A directory that is open, and so stays the same whatever happens to its path.
struct OpenDirectory: ~Copyable {
    private let descriptor: Int32
    private let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    /// Opens the directory at `path`, created with those above it where they are missing. Symbolic links are followed.
    init(creating path: String) throws(ScheduleError) {
        var opened = open(path, Self.flags)
        if opened < 0, errno == ENOENT {
            try Self.create(path)
            opened = open(path, Self.flags)
        }
        guard opened >= 0 else { throw Self.error("open the directory", path, errno) }
        self.init(descriptor: opened, path: path)
    }

    /// Opens the directory `name` in this one, created where it is missing.
    ///
    /// - Throws: ``ScheduleError`` `unsafePath` if a file or a symbolic link has the name.
    func subdirectory(_ name: String) throws(ScheduleError) -> OpenDirectory {
        let path = path(of: name)
        if mkdirat(descriptor, name, 0o777) == 0 {
            try Self.synchronize(descriptor, self.path)
        } else if errno != EEXIST {
            throw Self.error("create the directory", path, errno)
        }
        let opened = openat(descriptor, name, Self.flags | O_NOFOLLOW)
        if opened < 0, errno == ENOTDIR || errno == ELOOP {
            throw ScheduleError(.unsafePath, "`\(path)` is no directory, or a symbolic link, which is not followed")
        }
        guard opened >= 0 else { throw Self.error("open the directory", path, errno) }
        return OpenDirectory(descriptor: opened, path: path)
    }

    /// The path of `name` in this directory, for messages.
    func path(of name: String) -> String {
        path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }

    /// Whether a file `name` with exactly `contents` is there; if so, it is on the disk.
    ///
    /// - Throws: ``ScheduleError`` `nameTaken` if something else is there.
    func holds(_ contents: [UInt8], as name: String) throws(ScheduleError) -> Bool {
        let path = path(of: name)
        // Without waiting, should it be a pipe.
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        if file < 0, errno == ENOENT { return false }
        if file < 0, errno == ELOOP || errno == ENXIO { throw Self.taken(path, "what is no file") }
        guard file >= 0 else { throw Self.error("open", path, errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw Self.error("examine", path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Self.taken(path, "what is no file") }
        guard try Self.holds(contents, file, path) else { throw Self.taken(path, "a file with other contents") }
        try Self.synchronize(file, path)
        try Self.synchronize(descriptor, self.path)
        return true
    }

    /// Adds the file `name` with `contents` and waits for the disk; false if the name is taken.
    func add(_ contents: [UInt8], as name: String) throws(ScheduleError) -> Bool {
        let path = path(of: name)
        let temporary = ".\(UUID().uuidString).part"
        let file = openat(descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw Self.error("create a file beside", path, errno) }
        defer { unlinkat(descriptor, temporary, 0) }
        do {
            defer { close(file) }
            try Self.write(contents, file, path)
            try Self.synchronize(file, path)
        }
        guard linkat(descriptor, temporary, descriptor, name, 0) == 0 else {
            if errno == EEXIST { return false }
            throw Self.error("link", path, errno)
        }
        try Self.synchronize(descriptor, self.path)
        return true
    }

    private static let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
}

// MARK: - System calls

extension OpenDirectory {
    private static func create(_ path: String) throws(ScheduleError) {
        var parent = path[...]
        while parent.count > 1, parent.last == "/" { parent.removeLast() }
        while let last = parent.last, last != "/" { parent.removeLast() }
        let above = parent.isEmpty ? "." : String(parent)
        var result = mkdir(path, 0o777)
        if result != 0, errno == ENOENT, above != path {
            try create(above)
            result = mkdir(path, 0o777)
        }
        guard result == 0 || errno == EEXIST else { throw error("create the directory", path, errno) }
        let opened = open(above, flags)
        guard opened >= 0 else { throw error("open the directory", above, errno) }
        defer { close(opened) }
        try synchronize(opened, above)
    }

    private static func holds(_ contents: [UInt8], _ file: Int32, _ path: String) throws(ScheduleError) -> Bool {
        var rest = contents[...]
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw error("read", path, errno) }
            if count == 0 { return rest.isEmpty }
            guard rest.starts(with: chunk[..<count]) else { return false }
            rest = rest.dropFirst(count)
        }
    }

    private static func write(_ contents: [UInt8], _ file: Int32, _ path: String) throws(ScheduleError) {
        var written = 0
        while written < contents.count {
            let count = contents.withUnsafeBytes { bytes in
                #if canImport(Darwin)
                    Darwin.write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                #elseif canImport(Glibc)
                    Glibc.write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                #else
                    Musl.write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw error("write", path, errno) }
            written += count
        }
    }

    private static func synchronize(_ descriptor: Int32, _ path: String) throws(ScheduleError) {
        #if canImport(Darwin)
            // fsync(2) of macOS stops at the drive's cache.
            if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
        #endif
        // EINVAL: the file system has nothing to synchronise.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw error("synchronise", path, errno) }
    }

    private static func error(_ verb: String, _ path: String, _ number: Int32) -> ScheduleError {
        ScheduleError(.fileSystem, "cannot \(verb) `\(path)`: \(String(cString: strerror(number)))")
    }

    private static func taken(_ path: String, _ what: String) -> ScheduleError {
        ScheduleError(.nameTaken, "`\(path)` is \(what); nothing is overwritten, so move it away to deliver this one")
    }
}
