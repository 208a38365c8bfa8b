#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Logging

/// What a sink tells the log. Whatever may repeat is told at the first time and at each doubling of their number.
extension DurableSink {
    func logOutage(_ error: DestinationError, failureCount: Int, delay: Duration) {
        logger.log(
            level: isTold(failureCount) ? .warning : .debug,
            "workflow events cannot be delivered now; they are kept and sent again",
            metadata: ["error": "\(error)", "failures": "\(failureCount)", "retry_in": "\(delay)"])
    }

    func logRecovery(failureCount: Int) {
        logger.notice("workflow events are delivered again", metadata: ["failures": "\(failureCount)"])
    }

    func logDrops(_ count: Int) {
        logger.error(
            "workflow events are dropped: the memory buffer is full, and the spool full, failing or not configured",
            metadata: ["events": "\(count)"])
    }

    func logStoreFailure(_ error: FileError, failureCount: Int) {
        guard failureCount > 0 else {
            logger.error(
                "spooled workflow events may not survive a crash of the machine", metadata: ["error": "\(error)"])
            return
        }
        logger.log(
            level: isTold(failureCount) ? .error : .debug,
            "the spool cannot be written; events stay in memory until it can",
            metadata: ["error": "\(error)", "failures": "\(failureCount)"])
    }

    func logJournalFailure(_ reason: String) {
        logger.error(
            "workflow events cannot be written to the spool first; until they can, they are in memory alone",
            metadata: ["error": "\(reason)"])
    }

    /// Refused events are told once a batch, with the file that keeps them, or with their ids if none does.
    func logRefused(_ refused: [RefusedEvent], ids: [UUID] = [], path: String?) {
        var metadata: Logger.Metadata = ["events": "\(refused.count)", "reason": "\(refused.first?.reason ?? "")"]
        if let path {
            metadata["file"] = "\(path)"
        } else {
            metadata["ids"] = .array(ids.prefix(10).map { .string($0.text) })
        }
        logger.error("workflow events were refused and will not be sent again", metadata: metadata)
    }

    func logTorn(_ file: SpoolFile, reason: String, path: String?) {
        logger.error(
            "a spool file is damaged; what could be read of it is delivered, the rest is set aside",
            metadata: ["file": "\(path ?? file.name + ", not kept")", "reason": "\(reason)"])
    }

    func logReadFailure(_ error: FileError, failureCount: Int) {
        logger.log(
            level: isTold(failureCount) ? .error : .debug,
            "a spool file cannot be read; nothing is delivered until it can",
            metadata: ["error": "\(error)", "failures": "\(failureCount)"])
    }

    func logUnremovable(_ error: FileError) {
        logger.warning(
            "a delivered spool file cannot be removed; a later process sends its events again, which does no harm",
            metadata: ["error": "\(error)"])
    }

    private func isTold(_ count: Int) -> Bool { count & (count - 1) == 0 }
}
