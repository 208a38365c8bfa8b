import CLibPQ
import Logging

/// Where the server's warnings go, which libpq would print to stderr.
final class NoticeLog: Sendable {
    private let logger: Logger
    private let redactor: Redactor

    init(logger: Logger, redactor: Redactor) {
        self.logger = logger
        self.redactor = redactor
    }

    /// Makes the connection report here, until it is closed.
    ///
    /// - Returns: the reference that libpq uses; release it after `PQfinish`.
    func attach(to connection: OpaquePointer) -> Unmanaged<NoticeLog> {
        let reference = Unmanaged.passRetained(self)
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<NoticeLog>.fromOpaque(context).takeUnretainedValue().log(result)
            }, reference.toOpaque())
        return reference
    }

    private func log(_ result: OpaquePointer) {
        let notice = PostgresError(result: result, isConnectionBad: false, redactor: redactor)
        logger.notice(
            "postgres_notice",
            metadata: [
                "notice": "\(notice.message)", "severity": "\(notice.severity ?? "")",
                "sql_state": "\(notice.sqlState?.rawValue ?? "")",
            ])
    }
}
