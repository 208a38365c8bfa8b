package import WorkflowEvents

/// The HTTP header `Retry-After` (RFC 9110, section 10.2.3).
package enum RetryAfter {
    /// The wait that the header's value `text` names at the time `now`: a number of seconds, or a date such as
    /// `Sun, 06 Nov 1994 08:49:37 GMT`. Zero for a date that has passed, `nil` for what is neither.
    package static func delay(_ text: String, now: Timestamp) -> Duration? {
        let text = text.drop { $0 == " " }
        if !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
            return .seconds(Int(text.prefix(9)) ?? 0)
        }
        guard let date = date(text) else { return nil }
        let (wait, overflow) = date.microsecondsSince1970.subtractingReportingOverflow(now.microsecondsSince1970)
        return overflow ? nil : .microseconds(max(0, wait))
    }

    /// IMF-fixdate; the two obsolete forms are not read.
    private static func date(_ text: Substring) -> Timestamp? {
        guard let match = text.wholeMatch(of: /[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9:]{8}) GMT/),
            let month = months.firstIndex(of: match.2)
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(rfc3339: "\(match.3)-\(number)-\(match.1)T\(match.4)Z")
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
