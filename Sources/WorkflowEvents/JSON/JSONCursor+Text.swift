/// A JSON string as it was read.
struct JSONText {
    /// The string without its escapes; what is flawed in it stands as U+FFFD.
    var string: String
    /// Why an event cannot hold it, if it cannot.
    var flaw: Flaw?

    /// What JSON can write and PostgreSQL or Unicode cannot hold.
    enum Flaw {
        case nul
        case unpairedSurrogate

        /// What is wrong, as a field error says it.
        var detail: String {
            switch self {
            case .nul: "must not contain U+0000"
            case .unpairedSurrogate: "must not contain an unpaired surrogate escape"
            }
        }
    }
}

/// Where the content of a JSON string lies between its quotes.
struct RawJSONText {
    /// How many bytes of the text lie before the content.
    var start: Int
    /// How many bytes the content takes, escapes included.
    var count: Int
    /// Whether the content holds a backslash.
    var hasEscapes: Bool
    /// Whether the content is certainly ASCII alone.
    var isASCII: Bool
}

extension JSONCursor {
    /// Reads a string whose opening quote is next, and the white space behind it.
    @inline(__always)
    mutating func text() throws(JSONSyntaxError) -> JSONText {
        try text(of: try rawText())
    }

    /// The text that `raw` stands for.
    @inline(__always)
    func text(of raw: RawJSONText) throws(JSONSyntaxError) -> JSONText {
        if raw.hasEscapes { return try unescape(raw) }
        return JSONText(string: try plainString(raw))
    }

    /// Finds a string whose opening quote is next; its escapes are well formed, its UTF-8 is yet unchecked.
    mutating func rawText() throws(JSONSyntaxError) -> RawJSONText {
        guard peek() == UInt8(ascii: "\"") else { throw unexpected("a string") }
        let start = offset + 1
        var isASCII = true
        var position = bytes.endOfPlainText(from: start, isASCII: &isASCII)
        var hasEscapes = false
        while position < bytes.count, bytes[position] == UInt8(ascii: "\\") {
            hasEscapes = true
            offset = position
            try skipEscape()
            position = bytes.endOfPlainText(from: offset, isASCII: &isASCII)
        }
        offset = position
        guard peek() == UInt8(ascii: "\"") else {
            throw fault(isAtEnd ? "the text ends within a string" : "a string holds a bare control character")
        }
        offset += 1
        skipWhiteSpace()
        return RawJSONText(start: start, count: position - start, hasEscapes: hasEscapes, isASCII: isASCII)
    }

    /// The bytes of `raw`, escapes included.
    @inline(__always)
    func content(of raw: RawJSONText) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[raw.start..<raw.start + raw.count])
    }

    /// The string that `raw` holds, its escapes left as they are.
    @inline(__always)
    func plainString(_ raw: RawJSONText) throws(JSONSyntaxError) -> String {
        let content = content(of: raw).assumingMemoryBound(to: UInt8.self)
        // ASCII needs no validation, which costs a generic call.
        if raw.isASCII { return String(decoding: content, as: UTF8.self) }
        guard let string = String(validating: content, as: UTF8.self) else {
            throw JSONSyntaxError(offset: raw.start, detail: "a string is not UTF-8")
        }
        return string
    }

    private mutating func skipEscape() throws(JSONSyntaxError) {
        offset += 1
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            offset += 1
        case UInt8(ascii: "u"):
            offset += 1
            for _ in 0..<4 {
                guard peek().hexadecimalValue != nil else { throw unexpected("a hexadecimal digit") }
                offset += 1
            }
        default:
            throw unexpected("one of \"\\/bfnrtu")
        }
    }

    /// The text of a string whose escapes are well formed.
    private func unescape(_ raw: RawJSONText) throws(JSONSyntaxError) -> JSONText {
        var unescaped = UnescapedText(capacity: raw.count)
        unescaped.append(content(of: raw))
        guard let string = String(validating: unescaped.bytes, as: UTF8.self) else {
            throw JSONSyntaxError(offset: raw.start, detail: "a string is not UTF-8")
        }
        return JSONText(string: string, flaw: unescaped.flaw)
    }
}

/// Replaces the escapes of a JSON string by what they stand for.
private struct UnescapedText {
    private(set) var bytes: [UInt8] = []
    private(set) var flaw: JSONText.Flaw?

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Appends `content`, whose escapes are known to be well formed.
    mutating func append(_ content: UnsafeRawBufferPointer) {
        var index = 0
        while index < content.count {
            let byte = content[index]
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                index += 1
                continue
            }
            let escape = content[index + 1]
            if escape == UInt8(ascii: "u") {
                index += appendCodeUnits(of: content, at: index)
            } else {
                bytes.append(Self.character(of: escape))
                index += 2
            }
        }
    }

    /// Appends the scalar of the `\u` escape at `index`, or of the surrogate pair there; returns the length of both.
    private mutating func appendCodeUnits(of content: UnsafeRawBufferPointer, at index: Int) -> Int {
        let first = Self.codeUnit(content, at: index + 2)
        if let scalar = Unicode.Scalar(first) {
            append(scalar)
            return 6
        }
        let next = index + 6
        if UTF16.isLeadSurrogate(first), next + 6 <= content.count,
            content[next] == UInt8(ascii: "\\"), content[next + 1] == UInt8(ascii: "u"),
            case let second = Self.codeUnit(content, at: next + 2), UTF16.isTrailSurrogate(second),
            let scalar = Unicode.Scalar(0x1_0000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        {
            append(scalar)
            return 12
        }
        flaw = .unpairedSurrogate
        append("\u{FFFD}")
        return 6
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.value == 0 { flaw = .nul }
        bytes.append(contentsOf: String(scalar.value == 0 ? "\u{FFFD}" : scalar).utf8)
    }

    private static func codeUnit(_ content: UnsafeRawBufferPointer, at index: Int) -> UInt16 {
        (0..<4).reduce(0) { unit, place in unit << 4 | UInt16(content[index + place].hexadecimalValue ?? 0) }
    }

    private static func character(of escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escape
        }
    }
}
