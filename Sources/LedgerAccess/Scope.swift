/// What the bearer of a token may do.
package enum Scope: String, Sendable, Hashable, CaseIterable {
    /// Store events.
    case eventsWrite = "events:write"
    /// Read events and runs, and follow the stream.
    case eventsRead = "events:read"
    /// Ask for reports.
    case reportsRead = "reports:read"
    /// All of these.
    case admin
}
