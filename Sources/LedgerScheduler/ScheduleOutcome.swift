/// How something that a scheduler was at has ended for good.
package enum ScheduleOutcome: Sendable, Hashable, CaseIterable {
    /// A report was made.
    case reportMade
    /// A report could not be made and is not tried again.
    case reportFailed
    /// A report was delivered to one place.
    case delivered
    /// A delivery failed and is not tried again.
    case deliveryFailed
}
