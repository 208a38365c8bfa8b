import Foundation

/// One figure, its ceiling in the same run, and its goal.
struct ResultRow {
    var what: String
    var figure: String
    var ceiling: String
    var ratio: String
    var goal: String
    var isMet: Bool
}

/// What was measured, as Markdown.
struct ResultTable {
    var rows: [ResultRow] = []

    var markdown: String {
        var text = "| measure | ours | ceiling in the same run | ratio | goal | met |\n|---|---|---|---|---|---|\n"
        for row in rows {
            text += "| \(row.what) | \(row.figure) | \(row.ceiling) | \(row.ratio) | \(row.goal) "
            text += "| \(row.isMet ? "yes" : "no") |\n"
        }
        return text
    }

    /// The page `docs/performance.md`.
    func document(server: String) -> String {
        """
        # Performance

        Written by `script/bench --save` on a machine with \(ProcessInfo.processInfo.activeProcessorCount) cores, \
        \(server), a release build, over a unix socket, with `fsync` and `synchronous_commit` on. Client and server \
        share the cores. Figures are medians of alternating runs; where the machine is shared, read the ratios.

        \(markdown)
        """
    }
}

extension Array where Element == Double {
    /// The middle value; of an even number the mean of both middle ones.
    var median: Double {
        let sorted = sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
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
