/// What happened to an execution.
///
/// The raw value is the text stored in the ledger and written in JSON.
public enum Phase: String, Sendable, Hashable, CaseIterable {
    /// The skill began. Its event has a duration of 0.
    case start
    /// The skill returned.
    case end
    /// The skill threw or was cancelled.
    case fail
}
