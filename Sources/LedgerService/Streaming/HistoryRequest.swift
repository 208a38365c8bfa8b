import WorkflowEventsPostgres

/// A page that a subscriber wants from the database.
struct HistoryRequest: Sendable {
    var filter: EventFilter
    var after: Int64
    var through: Int64
    var limit: Int
    /// What the page before it said.
    var hasLongRuns: Bool
}
