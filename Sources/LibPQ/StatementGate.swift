import CLibPQ
import Foundation

/// What other threads may do to a connection while its own thread is blocked in libpq: cancel the statement that runs,
/// or cut the socket off.
///
/// A cancel request names a server process, not a statement, so a late one would hit the next statement. Hence
/// ``end(isInTransaction:)`` waits for a request on its way, and the next statement begins only then.
final class StatementGate: @unchecked Sendable {
    /// A statement that may be cancelled, known before it begins.
    typealias Call = UInt64

    /// How long the server may take to answer a cancel request, and to end the statement after it.
    private let patience: TimeInterval

    /// Guards everything below.
    private let condition = NSCondition()
    private var lastCall: Call = 0
    private var running: Call?
    private var isCancellable = true
    private var isCancelRequested = false
    private var isRequestOnItsWay = false
    private var isOpen = true
    private var isInTransaction = false
    /// A duplicate of libpq's socket. libpq closes its own as soon as it notices a broken connection, after which
    /// the number may belong to another file; this one stays ours until ``close()``.
    private var socket: Int32
    private var cancelHandle: CancelHandle?

    /// Nil when the process is out of file descriptors.
    ///
    /// - Parameter connection: one that has been made.
    init?(_ connection: OpaquePointer, patience: Duration) {
        self.patience = patience / .seconds(1)
        socket = fcntl(PQsocket(connection), F_DUPFD_CLOEXEC, 0)
        guard socket >= 0 else { return nil }
        cancelHandle = CancelHandle(connection)
    }

    // MARK: Statements

    func newCall() -> Call {
        condition.withLock {
            lastCall += 1
            return lastCall
        }
    }

    /// - Parameter isCancellable: false for a statement that a cancel request must not reach.
    func begin(_ call: Call, isCancellable: Bool = true) {
        condition.withLock {
            running = call
            self.isCancellable = isCancellable
            isCancelRequested = false
        }
    }

    /// Gives the server a few seconds to end the running statement, then breaks the connection.
    func limit(_ call: Call) {
        runOnNewThread { self.waitForEnd(of: call) }
    }

    /// Whether the running statement has been asked to stop.
    var isStopping: Bool { condition.withLock { isCancelRequested } }

    /// Ends the running statement, once no cancel request can hit the next one any more.
    ///
    /// - Returns: whether its cancellation was requested.
    func end(isInTransaction: Bool) -> Bool {
        condition.withLock {
            self.isInTransaction = isInTransaction
            running = nil
            condition.broadcast()
            let limit = Date(timeIntervalSinceNow: patience)
            while isRequestOnItsWay {
                // A request that is still under way may strike at any time: give the connection up.
                guard condition.wait(until: limit) else {
                    cutOff()
                    break
                }
            }
            return isCancelRequested
        }
    }

    // MARK: From any thread

    /// Asks the server to end the statement: that of `call`, or whichever runs. Does nothing when it does not run.
    func cancel(_ call: Call? = nil) {
        condition.withLock {
            guard let running, call == nil || call == running, isCancellable, !isCancelRequested, isOpen else { return }
            isCancelRequested = true
            guard let cancelHandle else { return }
            isRequestOnItsWay = true
            // The request opens a connection of its own and waits for the server, which the caller's thread must not.
            runOnNewThread {
                self.deliver(cancelHandle)
                self.waitForEnd(of: running)
            }
        }
    }

    private func deliver(_ handle: CancelHandle) {
        handle.request()
        condition.withLock {
            isRequestOnItsWay = false
            condition.broadcast()
        }
    }

    /// A frozen server process answers nothing, so the wait for it must be ended from here.
    private func waitForEnd(of call: Call) {
        condition.withLock {
            let limit = Date(timeIntervalSinceNow: patience)
            while running == call {
                guard condition.wait(until: limit) else { return cutOff() }
            }
        }
    }

    private func runOnNewThread(_ work: @escaping @Sendable () -> Void) {
        let thread = Thread(block: work)
        thread.stackSize = 1 << 18
        thread.start()
    }

    /// Breaks the connection, so that a blocked call returns.
    func abort() {
        condition.withLock { cutOff() }
    }

    /// Whether a statement may be tried: neither closed nor known to be broken.
    var isUsable: Bool { condition.withLock { isOpen } }

    var isIdle: Bool { condition.withLock { isOpen && !isInTransaction && running == nil } }

    /// Whether the server has sent something nobody asked for, most likely its farewell.
    var hasUnreadInput: Bool {
        condition.withLock {
            guard isOpen else { return true }
            return SocketWait.wait(for: socket, events: POLLIN, until: .now) == .ready
        }
    }

    /// The connection's own thread found it broken.
    func markLost() {
        condition.withLock { isOpen = false }
    }

    /// Called before libpq closes its socket for good.
    func close() {
        condition.withLock {
            isOpen = false
            cancelHandle = nil
            guard socket >= 0 else { return }
            _ = Foundation.close(socket)
            socket = -1
        }
    }

    /// Ends both directions; the descriptor stays, so this can race with no reuse of its number.
    private func cutOff() {
        isOpen = false
        if socket >= 0 { _ = shutdown(socket, Int32(SHUT_RDWR)) }
    }
}

/// Owns one `PGcancel`, which libpq allows any thread to use.
private final class CancelHandle: @unchecked Sendable {
    private let pointer: OpaquePointer?

    init(_ connection: OpaquePointer) {
        pointer = PQgetCancel(connection)
    }

    deinit {
        PQfreeCancel(pointer)
    }

    /// Blocks until the server has taken the request, or cannot be reached; then the statement just goes on.
    func request() {
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(pointer, &message, Int32(message.count))
    }
}
