import Foundation

/// What ended a wait for a socket.
enum SocketWait {
    case ready
    case woken
    case timedOut

    /// Blocks the calling thread until `socket` is ready for one of `events`, `wake` is signalled or `deadline` passes.
    static func wait(
        for socket: Int32, events: Int32, wake: WakePipe? = nil, until deadline: ContinuousClock.Instant? = nil
    ) -> SocketWait {
        var descriptors = [pollfd(fd: socket, events: Int16(events), revents: 0)]
        if let wake {
            descriptors.append(pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0))
        }
        while true {
            let count = poll(&descriptors, nfds_t(descriptors.count), milliseconds(until: deadline))
            if count < 0 {
                // Anything but an interruption is reported by the socket's own next read or write.
                if errno == EINTR { continue }
                return .ready
            }
            if let wake = descriptors.dropFirst().first, wake.revents != 0 { return .woken }
            if descriptors[0].revents != 0 { return .ready }
            if let deadline, ContinuousClock.now >= deadline { return .timedOut }
        }
    }

    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = deadline - ContinuousClock.now
        guard left > .zero else { return 0 }
        // Rounded up, so that the last millisecond is waited for and not spun through.
        return Int32(min(left / .milliseconds(1) + 1, Double(Int32.max)))
    }
}

/// A pipe whose only message is "wake up", to end a `poll` from another thread.
final class WakePipe: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    /// Nil when the process is out of file descriptors.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Ends the present wait, or the next one. Safe from any thread.
    func signal() {
        var byte: UInt8 = 1
        // A full pipe already says what this byte would.
        _ = write(writeEnd, &byte, 1)
    }
}
