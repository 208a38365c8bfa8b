/// Which media types a client takes, as its `Accept` says (RFC 9110, 12.5.1).
///
/// A range that is malformed counts as not given. `charset=utf-8` is passed over: everything here is UTF-8.
struct Acceptance {
    /// A media range and how much the client likes what is in it.
    private struct Range {
        var type: Substring
        var subtype: Substring
        /// Lower-case `name=value` each, the weight apart.
        var parameters: Set<String>
        /// From 0, which excludes, to 1.
        var quality: Double

        /// 0 for `*/*`, 1 for `text/*`, 2 for `text/csv`.
        var precision: Int { (type == "*" ? 0 : 1) + (subtype == "*" ? 0 : 1) }
    }

    private let ranges: [Range]

    /// Reads the value of the header field.
    init(_ field: String) {
        ranges = Self.split(field, at: ",").compactMap(Self.range)
    }

    /// The index of the type that the client likes best; `nil` if it takes none.
    ///
    /// The most precise range that a type is in tells how much it is liked. Of those that are liked alike, one that is
    /// named more precisely comes first, then the order of `types`.
    func best(of types: [String]) -> Int? {
        var best: (index: Int, quality: Double, precision: Int)?
        for (index, text) in types.enumerated() {
            guard let type = Self.range(text),
                let range = ranges.filter({ Self.is(type, in: $0) })
                    .max(by: { ($0.precision, $0.parameters.count) < ($1.precision, $1.parameters.count) }),
                range.quality > 0
            else { continue }
            if let best, (best.quality, best.precision) >= (range.quality, range.precision) { continue }
            best = (index, range.quality, range.precision)
        }
        return best?.index
    }

    private static func `is`(_ type: Range, in range: Range) -> Bool {
        (range.type == "*" || range.type == type.type) && (range.subtype == "*" || range.subtype == type.subtype)
            && range.parameters.isSubset(of: type.parameters)
    }

    private static func range(_ text: some StringProtocol) -> Range? {
        let parts = split(text.lowercased(), at: ";").map { $0.trimming(while: \.isBlank) }
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy(isToken), names[0] != "*" || names[1] == "*" else { return nil }
        var range = Range(type: names[0], subtype: names[1], parameters: [], quality: 1)
        for part in parts.dropFirst() where !part.isEmpty {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, isToken(pair[0]) else { return nil }
            if pair[0] == "q" {
                guard let quality = quality(pair[1]) else { return nil }
                range.quality = quality
            } else if part != "charset=utf-8", part != "charset=\"utf-8\"" {
                range.parameters.insert("\(pair[0])=\(unquoted(pair[1]))")
            }
        }
        return range
    }

    /// The weight that `text` names: 0 to 1 with at most three decimals.
    private static func quality(_ text: Substring) -> Double? {
        guard text.wholeMatch(of: /0(\.[0-9]{0,3})?|1(\.0{0,3})?/) != nil else { return nil }
        return Double(text.last == "." ? text.dropLast() : text)
    }

    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
    }

    /// The parts of `text` between separators that do not stand within quotes.
    private static func split(_ text: String, at separator: Character) -> [Substring] {
        var parts: [Substring] = []
        var (start, isQuoted, isEscaped) = (text.startIndex, false, false)
        for index in text.indices {
            switch text[index] {
            case _ where isEscaped: isEscaped = false
            case "\\" where isQuoted: isEscaped = true
            case "\"": isQuoted.toggle()
            case separator where !isQuoted:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
        }
        return parts + [text[start...]]
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
        return String(text.dropFirst().dropLast()).replacing(/\\(.)/) { String($0.output.1) }
    }
}

extension Character {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
}

extension Substring {
    fileprivate func trimming(while predicate: (Character) -> Bool) -> Substring {
        let front = drop(while: predicate)
        guard let last = front.lastIndex(where: { !predicate($0) }) else { return front.prefix(0) }
        return front[...last]
    }
}
