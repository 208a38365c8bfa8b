import Testing

@testable import WorkflowEvents

/// Reads one event from `text`.
func read(_ text: String) throws(EventJSONError) -> IncomingEvent {
    try read(Array(text.utf8))
}

/// Reads one event from `bytes`, which need not be UTF-8.
func read(_ bytes: [UInt8]) throws(EventJSONError) -> IncomingEvent {
    try bytes.withUnsafeBytes { text in Result { () throws(EventJSONError) in try EventJSONReader().read(text) } }.get()
}

/// The event of a text that has the three required fields and `members` besides.
func read(members: String) throws(EventJSONError) -> WorkflowEvent {
    try read(#"{"run_id":"run-1","node":"LYRICS","phase":"end",\#(members)}"#).event
}

/// What is wrong with a text that has the three required fields and `members` besides, each as a sentence.
func refusals(members: String) -> [String] {
    refusals(#"{"run_id":"run-1","node":"LYRICS","phase":"end",\#(members)}"#)
}

/// What is wrong with `text`, each as a sentence; empty if nothing is.
func refusals(_ text: String) -> [String] {
    do {
        _ = try read(text)
        return []
    } catch .invalid(let errors) {
        return errors.map(\.description)
    } catch {
        return [error.description]
    }
}

/// Whether `bytes` are not JSON, as opposed to JSON that is no event.
func isNotJSON(_ bytes: [UInt8]) -> Bool {
    do throws(EventJSONError) { _ = try read(bytes) } catch { if case .notJSON = error { return true } }
    return false
}

/// Whether `text` is not JSON, as opposed to JSON that is no event.
func isNotJSON(_ text: String) -> Bool { isNotJSON(Array(text.utf8)) }

/// A small generator whose numbers are the same in every run (SplitMix64).
struct FixedRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
