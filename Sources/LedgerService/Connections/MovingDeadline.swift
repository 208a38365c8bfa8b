import NIOCore

/// A time limit that is moved on with every request and seldom comes: the event loop holds one task for it at most.
///
/// It is moved to later times only, or taken away. Used on one event loop.
final class MovingDeadline {
    private let loop: any EventLoop
    private let onExpiry: () -> Void
    private var due: NIODeadline?
    private var task: Scheduled<Void>?

    /// A limit that is not set yet; `onExpiry` is called when it comes.
    init(on loop: any EventLoop, onExpiry: @escaping () -> Void) {
        self.loop = loop
        self.onExpiry = onExpiry
    }

    /// Sets the limit, or takes it away.
    func move(to due: NIODeadline?) {
        self.due = due
        if task == nil { schedule() }
    }

    /// Ends it for good, and lets go of what it calls.
    func end() {
        due = nil
        task?.cancel()
        task = nil
    }

    private func schedule() {
        guard let due else { return }
        task = loop.assumeIsolated().scheduleTask(deadline: due) {
            self.task = nil
            guard let due = self.due, due <= .now() else { return self.schedule() }
            self.due = nil
            self.onExpiry()
        }
    }
}
