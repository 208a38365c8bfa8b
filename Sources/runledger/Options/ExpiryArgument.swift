import ArgumentParser
import LedgerReporting
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// Until when a token is good: for so long from now (`90d`), up to a moment, or `never`.
enum ExpiryArgument: ExpressibleByArgument {
    case never
    case after(seconds: Int64)
    case at(Timestamp)

    init?(argument: String) {
        if argument == "never" {
            self = .never
        } else if let span = TimeSpan(argument), span.seconds > 0 {
            self = .after(seconds: span.seconds)
        } else if let timestamp = Timestamp(rfc3339: argument) ?? Timestamp(rfc3339: argument + "T00:00:00Z") {
            self = .at(timestamp)
        } else {
            return nil
        }
    }

    /// The moment that it is, by a clock that shows `now`; `nil` for never.
    func timestamp(now: Timestamp = .now) -> PostgresTimestamp? {
        switch self {
        case .never: nil
        case .after(let seconds):
            PostgresTimestamp(microsecondsSince1970: now.microsecondsSince1970 + seconds * 1_000_000)
        case .at(let timestamp): PostgresTimestamp(timestamp)
        }
    }

    static let help = "for so long (12h, 90d, 52w), until 2026-01-01 or 2026-01-01T12:00:00Z, or never."
}
