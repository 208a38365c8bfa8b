import CLibPQ
import Foundation

extension Session {
    /// Blocks until a notification comes, `wake` is signalled or `limit` has passed; then returns nil.
    func waitForNotification(
        wake: WakePipe, until limit: ContinuousClock.Instant
    ) throws(PostgresError) -> PostgresNotification? {
        try checkReady()
        while true {
            guard PQconsumeInput(connection) == 1 else { throw connectionError() }
            if let notification = nextNotification() { return notification }
            let wait = SocketWait.wait(for: PQsocket(connection), events: Int32(POLLIN), wake: wake, until: limit)
            guard wait == .ready else { return nil }
        }
    }

    private func nextNotification() -> PostgresNotification? {
        guard let notification = PQnotifies(connection) else { return nil }
        defer { PQfreemem(notification) }
        return PostgresNotification(
            channel: String(cString: notification.pointee.relname),
            payload: String(cString: notification.pointee.extra), backendPID: notification.pointee.be_pid)
    }
}
