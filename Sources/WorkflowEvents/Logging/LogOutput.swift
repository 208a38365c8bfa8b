#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Synchronization

/// Where a log handler writes its lines.
public struct LogOutput: Sendable {
    private let write: @Sendable (UnsafeRawBufferPointer) -> Void

    /// An output that hands every line, with its line feed, to `write`, from whatever thread logs it.
    public init(_ write: @escaping @Sendable (_ line: UnsafeRawBufferPointer) -> Void) {
        self.write = write
    }

    /// The standard error of the process.
    public static let standardError = LogOutput.fileDescriptor(2)

    /// The standard output of the process.
    public static let standardOutput = LogOutput.fileDescriptor(1)

    /// The open file `descriptor`, which must stay open.
    ///
    /// A line is one `write(2)`, and the lines of one output never mix; where the file takes only a part, the rest
    /// follows at once. A line that cannot be written is lost: there is nowhere to report it.
    public static func fileDescriptor(_ descriptor: Int32) -> LogOutput {
        let file = LineFile(descriptor: descriptor)
        return LogOutput { file.write($0) }
    }

    /// Writes one line.
    package func write(_ line: [UInt8]) {
        line.withUnsafeBytes { write($0) }
    }
}

/// A file to which one thread at a time writes one line.
private final class LineFile: Sendable {
    private let descriptor: Mutex<Int32>

    init(descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    func write(_ line: UnsafeRawBufferPointer) {
        descriptor.withLock { descriptor in
            var rest = line
            while !rest.isEmpty {
                let count = systemWrite(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
        Glibc.write(descriptor, bytes, count)
    #elseif canImport(Musl)
        Musl.write(descriptor, bytes, count)
    #elseif canImport(Darwin)
        Darwin.write(descriptor, bytes, count)
    #endif
}
