#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open file or directory, closed when nobody holds it any more. No child process inherits it.
package final class OpenFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// Opens `path` with the flags of `open(2)`; a file that is created belongs to this user alone.
    init(_ path: String, _ flags: Int32) throws(FileError) {
        self.path = path
        var descriptor: Int32
        repeat {
            descriptor = open(path, flags | O_CLOEXEC, 0o600)
        } while descriptor < 0 && errno == EINTR
        self.descriptor = descriptor
        guard descriptor >= 0 else { throw FileError("open", path) }
    }

    deinit { close(descriptor) }

    /// Writes all of `bytes` at the file's position.
    func write(all bytes: [UInt8]) throws(FileError) {
        var failure: FileError?
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty, failure == nil {
                let written = posixWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                if written >= 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    failure = FileError("write", path)
                }
            }
        }
        if let failure { throw failure }
    }

    /// Reads the first `size` bytes of a file just opened, or as many as there are.
    func read(size: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let result = posixRead(
                    descriptor, UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                )
                if result == 0 { break }
                if result > 0 {
                    count += result
                } else if errno != EINTR {
                    failure = FileError("read", path)
                    break
                }
            }
        }
        if let failure { throw failure }
        return content
    }

    /// Cuts the file to `size` bytes and moves its position there.
    func truncate(to size: Int) throws(FileError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileError("truncate", path) }
        guard lseek(descriptor, off_t(size), SEEK_SET) >= 0 else { throw FileError("seek in", path) }
    }

    /// Waits until what was written is on the disk.
    func synchronize() throws(FileError) {
        #if canImport(Darwin)
            // fsync(2) of macOS stops at the drive's cache.
            if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
        #endif
        // Some file systems cannot synchronise a directory and say so by EINVAL; there is nothing better to do.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("synchronise", path) }
    }

    /// Locks the file against all other processes, unless one has locked it already. Closing it, also by the end of
    /// the process, unlocks it.
    func tryLock() throws(FileError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw FileError("lock", path) }
        return false
    }
}

private func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

private func posixRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, bytes.baseAddress, bytes.count)
}
