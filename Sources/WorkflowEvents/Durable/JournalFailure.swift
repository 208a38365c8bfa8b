/// That events are not in a journal although the sink is spool-first; lasts until one is again.
struct JournalFailure: Sendable {
    let reason: String
    private var isReported = false

    init(reason: String) { self.reason = reason }

    /// The reason to log now, `nil` if the log shows it already.
    mutating func takeUnreported() -> String? {
        defer { isReported = true }
        return isReported ? nil : reason
    }
}
