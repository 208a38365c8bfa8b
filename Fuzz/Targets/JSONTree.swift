/// A JSON value by the letter of RFC 8259, read the plainest way there is: what the ledger's own reader is compared with.
indirect enum JSONTree {
    case word
    /// The characters of a number.
    case number(String)
    /// A string, with U+FFFD for U+0000 and unpaired surrogates, and whether it had any.
    case string(String, isFlawed: Bool)
    case array([JSONTree])
    case object([(key: JSONTree, value: JSONTree)])

    /// The value that all of `text` is; `nil` if it is none.
    init?(_ text: [UInt8]) {
        var parser = Parser(text: text)
        guard let tree = parser.document() else { return nil }
        self = tree
    }

    /// How many arrays and objects lie within each other.
    var depth: Int {
        switch self {
        case .word, .number, .string: 0
        case .array(let elements): 1 + (elements.map(\.depth).max() ?? 0)
        case .object(let members): 1 + (members.map(\.value.depth).max() ?? 0)
        }
    }

    /// The text of a string that all of Unicode can hold.
    var text: String? {
        if case .string(let text, false) = self { text } else { nil }
    }

    /// Whether there is a string in it that is not Unicode or holds U+0000.
    var isFlawed: Bool {
        switch self {
        case .word, .number: false
        case .string(_, let isFlawed): isFlawed
        case .array(let elements): elements.contains { $0.isFlawed }
        case .object(let members): members.contains { $0.key.isFlawed || $0.value.isFlawed }
        }
    }

    /// Whether all its numbers are finite as doubles.
    var isFinite: Bool {
        switch self {
        case .word, .string: true
        case .number(let text): Double(text)?.isFinite ?? false
        case .array(let elements): elements.allSatisfy { $0.isFinite }
        case .object(let members): members.allSatisfy { $0.value.isFinite }
        }
    }

    /// The values of the members called `name`.
    func members(_ name: String) -> [JSONTree] {
        guard case .object(let members) = self else { return [] }
        return members.compactMap { $0.key.spells(name) ? $0.value : nil }
    }

    /// Whether the string is `name`, to the byte.
    private func spells(_ name: String) -> Bool {
        if case .string(let text, _) = self { text.utf8.elementsEqual(name.utf8) } else { false }
    }

    /// Whether the JSON pointer `pointer` (RFC 6901) leads somewhere; a token that ends with `…` is the beginning of one.
    func holds(_ pointer: String) -> Bool {
        if pointer.isEmpty { return true }
        guard pointer.utf8.first == UInt8(ascii: "/") else { return false }
        let tokens = pointer.unicodeScalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return holds(tokens.map { String($0).unescaped }[...])
    }

    private func holds(_ tokens: ArraySlice<String>) -> Bool {
        guard let token = tokens.first else { return true }
        switch self {
        case .word, .number, .string:
            return false
        case .array(let elements):
            guard let index = Int(token), elements.indices.contains(index) else { return false }
            return elements[index].holds(tokens.dropFirst())
        case .object(let members):
            return members.contains { member in
                guard case .string(let key, _) = member.key else { return false }
                let isNamed = key.utf8.elementsEqual(token.utf8) || token.isBeginning(of: key)
                return isNamed && member.value.holds(tokens.dropFirst())
            }
        }
    }
}

extension String {
    /// The token of a JSON pointer without its escapes.
    fileprivate var unescaped: String {
        replacing("~1", with: "/").replacing("~0", with: "~")
    }

    /// Whether it was cut from `whole`.
    fileprivate func isBeginning(of whole: String) -> Bool {
        unicodeScalars.last == "…" && whole.unicodeScalars.starts(with: unicodeScalars.dropLast())
    }
}

private struct Parser {
    let text: [UInt8]
    var offset = 0
    private static let maximumDepth = 1000

    init(text: [UInt8]) {
        self.text = text
    }

    mutating func document() -> JSONTree? {
        guard String(validating: text, as: UTF8.self) != nil else { return nil }
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        guard let tree = value(depth: 0), offset == text.count else { return nil }
        return tree
    }

    private var next: UInt8? { offset < text.count ? text[offset] : nil }

    private mutating func space() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { offset += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: scalar) else { return false }
        offset += 1
        return true
    }

    /// A value with the white space around it.
    private mutating func value(depth: Int) -> JSONTree? {
        guard depth < Self.maximumDepth else { return nil }
        space()
        defer { space() }
        switch next {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    private mutating func word(_ word: String) -> JSONTree? {
        guard text[offset...].starts(with: word.utf8) else { return nil }
        offset += word.utf8.count
        return .word
    }

    private mutating func array(depth: Int) -> JSONTree? {
        offset += 1
        space()
        if take("]") { return .array([]) }
        var elements: [JSONTree] = []
        repeat {
            guard let element = value(depth: depth + 1) else { return nil }
            elements.append(element)
        } while take(",")
        return take("]") ? .array(elements) : nil
    }

    private mutating func object(depth: Int) -> JSONTree? {
        offset += 1
        space()
        if take("}") { return .object([]) }
        var members: [(JSONTree, JSONTree)] = []
        repeat {
            space()
            guard let key = string() else { return nil }
            space()
            guard take(":"), let value = value(depth: depth + 1) else { return nil }
            members.append((key, value))
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func number() -> JSONTree? {
        let start = offset
        _ = take("-")
        if !take("0") { guard digits() else { return nil } }
        if take(".") { guard digits() else { return nil } }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            guard digits() else { return nil }
        }
        return .number(String(decoding: text[start..<offset], as: UTF8.self))
    }

    private mutating func digits() -> Bool {
        let start = offset
        while let byte = next, 0x30...0x39 ~= byte { offset += 1 }
        return offset > start
    }

    private mutating func string() -> JSONTree? {
        guard take("\"") else { return nil }
        // All as UTF-16, in which escapes are written.
        var units: [UInt16] = []
        var plain: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { return nil }
            offset += 1
            if byte != UInt8(ascii: "\\") {
                plain.append(byte)
                continue
            }
            units += String(decoding: plain, as: UTF8.self).utf16
            plain = []
            guard let unit = escape() else { return nil }
            units.append(unit)
        }
        units += String(decoding: plain, as: UTF8.self).utf16
        guard take("\"") else { return nil }
        let isFlawed = units.contains(0) || String(validating: units, as: UTF16.self) == nil
        let text = String(decoding: units.map { $0 == 0 ? 0xFFFD : $0 }, as: UTF16.self)
        return .string(text, isFlawed: isFlawed)
    }

    private mutating func escape() -> UInt16? {
        defer { offset += 1 }
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return next.map(UInt16.init)
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            let digits = text[(offset + 1)...].prefix(4)
            guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
            offset += 4
            return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        default: return nil
        }
    }
}
