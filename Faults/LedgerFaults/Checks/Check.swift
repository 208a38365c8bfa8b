/// What was found where one promise was looked into.
struct Check: Sendable {
    /// What should hold, as a sentence.
    let promise: String
    /// What was looked at, in numbers.
    let counts: String
    /// Where it does not hold.
    let faults: [String]

    init(_ promise: String, _ counts: String, faults: [String] = []) {
        self.promise = promise
        self.counts = counts
        self.faults = faults
    }
}
