import Synchronization

/// Brings files that are written to the disk itself, on a thread of its own: only a crash of the machine makes that
/// matter, and a busy disk can take seconds, in which the buffer of a fast emitter would overflow.
final class FileSynchronizer: Sendable {
    /// Further files are left to the operating system, which writes them within half a minute or so.
    private static let maximumPendingCount = 64

    private let thread = BlockingThread()
    private let state = Mutex((pendingCount: 0, failure: FileError?.none))

    deinit { thread.stop() }

    /// Synchronises `file` soon, after those given before.
    func synchronize(_ file: OpenFile) {
        let isAccepted = state.withLock { state in
            guard state.pendingCount < Self.maximumPendingCount else { return false }
            state.pendingCount += 1
            return true
        }
        guard isAccepted else { return }
        thread.enqueue { [weak self] in
            do throws(FileError) {
                try file.synchronize()
                self?.finished(with: nil)
            } catch {
                self?.finished(with: error)
            }
        }
    }

    /// What has failed since it was last asked.
    func takeFailure() -> FileError? { state.withLock { $0.failure.take() } }

    private func finished(with failure: FileError?) {
        state.withLock { state in
            state.pendingCount -= 1
            state.failure = state.failure ?? failure
        }
    }
}
