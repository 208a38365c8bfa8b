import Foundation
import LedgerSchedules
import WorkflowEvents

/// The moment that RFC 3339 writes as `text`.
func utc(_ text: String) -> Timestamp {
    guard let timestamp = Timestamp(rfc3339: text) else { preconditionFailure("\(text) is no time") }
    return timestamp
}

/// The zone of the tz database called `name`.
func zone(_ name: String) -> TimeZone {
    guard let zone = TimeZone(identifier: name) else { preconditionFailure("\(name) is no time zone") }
    return zone
}

/// The message of the error that `body` throws; empty if it throws none.
func message(_ body: () throws(ScheduleError) -> Void) -> String {
    do throws(ScheduleError) {
        try body()
        return ""
    } catch {
        return error.message
    }
}

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
