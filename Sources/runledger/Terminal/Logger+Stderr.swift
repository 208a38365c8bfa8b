import Foundation
import Logging

extension Logger {
    /// Warnings for the person at the terminal, on standard error; `RUNLEDGER_LOG_LEVEL` shows more or less.
    static var stderr: Logger {
        var logger = Logger(label: "runledger", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel =
            ProcessInfo.processInfo.environment["RUNLEDGER_LOG_LEVEL"].flatMap {
                Logger.Level(rawValue: $0.lowercased())
            }
            ?? .warning
        return logger
    }
}
