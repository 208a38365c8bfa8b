/// What becomes of slots that passed while nothing ran.
package enum CatchUp: String, Sendable, Hashable, CaseIterable {
    /// Every one is made, but for those older than the newest 1000.
    case all
    /// Only the newest is made.
    case latest
    /// None is made, unless it was due within the last 60 seconds.
    case none
}
