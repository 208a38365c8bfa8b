import ArgumentParser
import WorkflowEvents

/// A moment given on the command line: RFC 3339, a date, or how long ago (`90m`, `24h`, `7d`).
struct TimeArgument: ExpressibleByArgument {
    let timestamp: Timestamp

    init?(argument: String) {
        if let timestamp = Timestamp(rfc3339: argument) ?? Timestamp(rfc3339: argument + "T00:00:00Z") {
            self.timestamp = timestamp
        } else if let seconds = Self.seconds(of: argument) {
            let microseconds = Timestamp.now.microsecondsSince1970 - seconds * 1_000_000
            self.timestamp = Timestamp(microsecondsSince1970: microseconds)
        } else {
            return nil
        }
    }

    /// The length of a span of time such as `90m`; `nil` if `text` is none, or longer than a thousand years.
    static func seconds(of text: String) -> Int64? {
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (0...maximumSeconds / unit).contains(count)
        else { return nil }
        return count * unit
    }

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    /// A thousand years, well within what a timestamp holds.
    private static let maximumSeconds: Int64 = 31_557_600_000

    static let help = "2025-11-18T12:00:00Z, 2025-11-18, or how long ago: 90m, 24h, 7d."
}
