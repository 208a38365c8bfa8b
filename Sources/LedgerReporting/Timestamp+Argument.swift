package import WorkflowEvents

extension Timestamp {
    /// The moment that `text` names: RFC 3339, a date, which begins at midnight of UTC, or how long before `now`
    /// (`90m`, `24h`, `7d`); `nil` if it names none.
    package init?(argument text: String, now: Timestamp) {
        if let timestamp = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z") {
            self = timestamp
        } else if let span = TimeSpan(text) {
            self.init(microsecondsSince1970: now.microsecondsSince1970 - span.seconds * 1_000_000)
        } else {
            return nil
        }
    }
}
