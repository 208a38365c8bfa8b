import Foundation
import Logging
import WorkflowEvents

extension Logger {
    /// Warnings for the person at the terminal, on standard error; `RUNLEDGER_LOG_LEVEL` shows more or less.
    static var stderr: Logger {
        var logger = Logger(label: "runledger", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = environmentLevel ?? .warning
        return logger
    }

    /// The log of the service, as JSON lines in `output`; `info` unless `RUNLEDGER_LOG_LEVEL` is set.
    static func service(_ output: LogOutput) -> Logger {
        var logger = Logger(label: "runledger", factory: { JSONLinesLogHandler(label: $0, output: output) })
        logger.logLevel = environmentLevel ?? .info
        return logger
    }

    private static var environmentLevel: Logger.Level? {
        ProcessInfo.processInfo.environment["RUNLEDGER_LOG_LEVEL"].flatMap { Logger.Level(rawValue: $0.lowercased()) }
    }
}
