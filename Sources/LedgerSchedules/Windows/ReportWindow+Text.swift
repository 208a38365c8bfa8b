extension ReportWindow {
    /// The window that `text` names, in any case and with any number of spaces between words.
    ///
    /// - Throws: ``ScheduleError`` `badWindow` that lists what is allowed.
    package init(_ text: String) throws(ScheduleError) {
        let words = text.lowercased().split { $0 == " " || $0 == "\t" }
        if let named = Self.named[words.joined(separator: " ")] {
            self = named
        } else if words.count == 2, words[0] == "last",
            let unit = words[1].last.flatMap({ Unit(rawValue: String($0)) }),
            words[1].dropLast().utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        {
            guard let count = Int(words[1].dropLast()), 1...Self.maximumSeconds / unit.seconds ~= count else {
                throw ScheduleError(
                    .badWindow,
                    "`\(text)` is out of range; allowed is last 1\(unit.rawValue) to "
                        + "last \(Self.maximumSeconds / unit.seconds)\(unit.rawValue)")
            }
            self = .last(count, unit)
        } else {
            throw ScheduleError(.badWindow, "`\(text)` is no window; allowed are \(Self.allowed)")
        }
    }

    /// The window as ``init(_:)`` reads it.
    package var text: String {
        switch self {
        case .all: "all"
        case .last(let count, let unit): "last \(count)\(unit.rawValue)"
        case .current(.day): "today"
        case .current(let period): "\(period.rawValue) to date"
        case .previous(.day): "yesterday"
        case .previous(let period): "last \(period.rawValue)"
        }
    }

    private static let named: [String: ReportWindow] = {
        var named: [String: ReportWindow] = ["all": .all, "this week": .current(.week)]
        for window in Period.allCases.flatMap({ [ReportWindow.current($0), .previous($0)] }) {
            named[window.text] = window
        }
        return named
    }()

    private static let allowed = """
        last 90m, last 24h, last 7d, last 2w, today, yesterday, this week, last week, month to date, last month, \
        quarter to date, last quarter, year to date, last year and all
        """
    /// A hundred years of 365 days.
    private static let maximumSeconds = 100 * 365 * 86_400
}

extension ReportWindow: CustomStringConvertible {
    /// The window as ``init(_:)`` reads it.
    package var description: String { text }
}
