#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A call to the operating system about a file failed.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was tried: `write` for example.
    package let operation: String
    package let path: String
    /// The system's `errno`.
    package let code: Int32

    init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// Whether the file does not exist.
    package var isMissing: Bool { code == ENOENT }

    /// Whether it says nothing of the file, but that the process or the system lacks descriptors or memory.
    package var isPassing: Bool { [EMFILE, ENFILE, ENOMEM].contains(code) }

    package var description: String { "cannot \(operation) \(path): \(String(cString: strerror(code)))" }
}
