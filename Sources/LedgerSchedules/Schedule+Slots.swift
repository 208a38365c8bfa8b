package import WorkflowEvents

extension Schedule {
    /// At most so many missed slots are made up for.
    package static let maximumSlotCount = 1000

    /// The slots to make at the time `now`, oldest first, where the last one dealt with was `last` or earlier: those after
    /// `last` and not after `now` that ``catchUp`` lets pass.
    package func slots(after last: Timestamp, through now: Timestamp) -> [Timestamp] {
        switch catchUp {
        case .all:
            cron.newestSlots(Self.maximumSlotCount, after: last, through: now, in: timeZone)
        case .latest:
            cron.newestSlots(1, after: last, through: now, in: timeZone)
        case .none:
            cron.newestSlots(1, after: max(last, justBeforeRecent(now)), through: now, in: timeZone)
        }
    }

    /// The last moment that is more than 60 seconds ago.
    private func justBeforeRecent(_ now: Timestamp) -> Timestamp {
        let earliest = Timestamp.rfc3339Range.lowerBound
        return now < earliest ? earliest : Timestamp(microsecondsSince1970: now.microsecondsSince1970 - 60_000_001)
    }
}
