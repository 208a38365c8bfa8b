import ArgumentParser
import LedgerReporting
import WorkflowEvents

/// A moment given on the command line: RFC 3339, a date, or how long ago (`90m`, `24h`, `7d`).
struct TimeArgument: ExpressibleByArgument {
    let timestamp: Timestamp

    init?(argument: String) {
        guard let timestamp = Timestamp(argument: argument, now: .now) else { return nil }
        self.timestamp = timestamp
    }

    static let help = "2025-11-18T12:00:00Z, 2025-11-18, or how long ago: 90m, 24h, 7d."
}
