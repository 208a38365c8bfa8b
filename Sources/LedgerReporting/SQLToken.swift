/// A piece of SQL, told apart as PostgreSQL's scanner does (manual, section 4.1), as far as reports need it.
struct SQLToken {
    enum Kind {
        /// A key word, or a name without quotes.
        case word
        /// A name in double quotes.
        case quotedName
        /// A string: in quotes, with or without escapes, or between dollars.
        case string
        /// To the end of the line, or between `/*` and `*/`.
        case comment
        /// `:name`, the place of a report's parameter.
        case parameter
        /// `$1`, the place of a bound value.
        case placeholder
        /// Anything else, white space included, a character or `::` at a time.
        case symbol
    }

    var kind: Kind
    var text: Substring
    /// Whether a string, a quoted name or a comment has no end.
    var isUnended = false

    /// The name that it is or refers to, as PostgreSQL folds it; `nil` where it is no name.
    var name: String? {
        switch kind {
        case .word: text.lowercased()
        case .quotedName: String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
        case .parameter: String(text.dropFirst())
        case .string, .comment, .placeholder, .symbol: nil
        }
    }

    /// The pieces of `sql`, which together are all of it.
    static func tokens(of sql: String) -> [SQLToken] {
        var scanner = SQLScanner(sql)
        var tokens: [SQLToken] = []
        while let token = scanner.next() { tokens.append(token) }
        return tokens
    }
}

/// Goes through SQL byte by byte: whatever ends a piece is ASCII.
private struct SQLScanner {
    private let sql: String
    private let bytes: String.UTF8View
    private var position: String.Index

    init(_ sql: String) {
        self.sql = sql
        self.bytes = sql.utf8
        self.position = sql.startIndex
    }

    mutating func next() -> SQLToken? {
        guard let byte = peek() else { return nil }
        let start = position
        let (kind, isEnded) = take(byte)
        return SQLToken(kind: kind, text: sql[start..<position], isUnended: !isEnded)
    }

    private mutating func take(_ byte: UInt8) -> (SQLToken.Kind, isEnded: Bool) {
        switch (byte, peek(1)) {
        case (UInt8(ascii: "-"), UInt8(ascii: "-")): return takeLineComment()
        case (UInt8(ascii: "/"), UInt8(ascii: "*")): return takeBlockComment()
        case (UInt8(ascii: "e"), UInt8(ascii: "'")), (UInt8(ascii: "E"), UInt8(ascii: "'")):
            advance(1)
            return (.string, takeQuoted(byteOfQuote: UInt8(ascii: "'"), hasEscapes: true))
        case (UInt8(ascii: "'"), _): return (.string, takeQuoted(byteOfQuote: byte))
        case (UInt8(ascii: "\""), _): return (.quotedName, takeQuoted(byteOfQuote: byte))
        case (UInt8(ascii: "$"), let following): return takeDollar(following)
        case (UInt8(ascii: ":"), UInt8(ascii: ":")):
            advance(2)
            return (.symbol, true)
        case (UInt8(ascii: ":"), let following?) where Self.startsName(following):
            advance(1)
            advance { Self.isDigit($0) || Self.startsName($0) }
            return (.parameter, true)
        case _ where Self.startsName(byte):
            advance { Self.isDigit($0) || Self.startsName($0) || $0 == UInt8(ascii: "$") }
            return (.word, true)
        case _ where Self.isDigit(byte):
            advance { Self.isDigit($0) || Self.startsName($0) || $0 == UInt8(ascii: ".") }
            return (.symbol, true)
        default:
            advance(1)
            return (.symbol, true)
        }
    }

    private mutating func takeLineComment() -> (SQLToken.Kind, isEnded: Bool) {
        advance { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return (.comment, true)
    }

    private mutating func takeBlockComment() -> (SQLToken.Kind, isEnded: Bool) {
        var depth = 0
        repeat {
            switch (peek(), peek(1)) {
            case (nil, _): return (.comment, false)
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                depth += 1
                advance(2)
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                depth -= 1
                advance(2)
            default: advance(1)
            }
        } while depth > 0
        return (.comment, true)
    }

    /// Takes what begins with `quote` and ends with the next that is not doubled or escaped.
    private mutating func takeQuoted(byteOfQuote quote: UInt8, hasEscapes: Bool = false) -> Bool {
        advance(1)
        while let byte = peek() {
            if byte == quote, peek(1) != quote {
                advance(1)
                return true
            }
            advance(byte == quote || hasEscapes && byte == UInt8(ascii: "\\") ? 2 : 1)
        }
        return false
    }

    private mutating func takeDollar(_ following: UInt8?) -> (SQLToken.Kind, isEnded: Bool) {
        let start = position
        advance(1)
        if let following, Self.isDigit(following) {
            advance { Self.isDigit($0) }
            return (.placeholder, true)
        }
        advance { Self.isDigit($0) || Self.startsName($0) }
        guard peek() == UInt8(ascii: "$") else { return (.symbol, true) }
        advance(1)
        let tag = sql[start..<position].utf8
        while position < bytes.endIndex {
            if bytes[position...].starts(with: tag) {
                advance(tag.count)
                return (.string, true)
            }
            advance(1)
        }
        return (.string, false)
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        guard let index = bytes.index(position, offsetBy: distance, limitedBy: bytes.endIndex), index < bytes.endIndex
        else { return nil }
        return bytes[index]
    }

    private mutating func advance(_ count: Int) {
        position = bytes.index(position, offsetBy: count, limitedBy: bytes.endIndex) ?? bytes.endIndex
    }

    private mutating func advance(while condition: (UInt8) -> Bool) {
        while let byte = peek(), condition(byte) { advance(1) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func startsName(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
    }
}
