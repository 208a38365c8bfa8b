/// Looks whether positions are 1, 2, 3 … up to the number of events.
struct PositionCheck: Sendable {
    let history: StoredHistory

    var check: Check {
        var faults: [String] = []
        var expected: Int64 = 1
        for event in history.events {
            guard let position = event.position else {
                faults.append("\(event.name.text) has no position")
                continue
            }
            if position != expected { faults.append("\(position) stands where \(expected) should") }
            expected = position + 1
        }
        return Check("positions are dense", "1 to \(expected - 1)", faults: faults)
    }
}
