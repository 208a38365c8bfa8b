import Foundation

extension Array where Element == Double {
    /// The middle value; of an even number the mean of both middle ones.
    var median: Double {
        let sorted = sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// The value below which a `share` of the others lies, of at least one.
    func quantile(_ share: Double) -> Double {
        sorted()[Int(Double(count - 1) * share)]
    }
}

/// `1234567` as `1,234,567`.
func grouped(_ number: Double) -> String {
    var text = ""
    for (index, digit) in String(Int(number.rounded())).reversed().enumerated() {
        if index > 0, index.isMultiple(of: 3) { text = "," + text }
        text = "\(digit)" + text
    }
    return text
}

/// `number` with `digits` behind the point.
func fixed(_ number: Double, _ digits: Int = 2) -> String {
    String(format: "%.\(digits)f", number)
}

/// `number` with three digits that count, or all before the point.
func short(_ number: Double) -> String {
    number >= 100 ? grouped(number) : fixed(number, number >= 10 ? 1 : number >= 1 ? 2 : 3)
}
