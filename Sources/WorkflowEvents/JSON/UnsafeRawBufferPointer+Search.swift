#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension UnsafeRawBufferPointer {
    /// Where `byte` first stands at or behind `start`, or `nil` if it does not.
    @inline(__always)
    func firstOffset(of byte: UInt8, from start: Int = 0) -> Int? {
        guard let baseAddress, start < count,
            let found = memchr(baseAddress + start, Int32(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - baseAddress
    }

    /// Whether the bytes are those of `text`.
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && begins(with: text)
    }

    /// Whether the bytes begin with those of `text`.
    @inline(__always)
    func begins(with text: StaticString) -> Bool {
        guard let baseAddress, count >= text.utf8CodeUnitCount else { return false }
        return memcmp(baseAddress, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    /// Where the first byte stands, at or behind `start`, that a JSON string cannot hold as it is: a quote, a
    /// backslash or a control character below 0x20; `count` if there is none.
    @inline(__always)
    func endOfPlainText(from start: Int = 0) -> Int {
        var isASCII = true
        return endOfPlainText(from: start, isASCII: &isASCII)
    }

    /// As ``endOfPlainText(from:)``; `isASCII` becomes false if a byte up to there, or up to seven further, is not.
    @inline(__always)
    func endOfPlainText(from start: Int, isASCII: inout Bool) -> Int {
        var offset = start
        var seen: UInt64 = 0
        defer { if seen & 0x8080_8080_8080_8080 != 0 { isASCII = false } }
        while offset + 8 <= count {
            let word = UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            seen |= word
            // Eight bytes at a time, the top bit of each marking a find. A subtraction borrows only from above a byte
            // that is a find itself, so the lowest mark is always right.
            let quote = word ^ 0x2222_2222_2222_2222
            let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let marks =
                ((quote &- 0x0101_0101_0101_0101) & ~quote
                    | (backslash &- 0x0101_0101_0101_0101) & ~backslash
                    | (word &- 0x2020_2020_2020_2020) & ~word) & 0x8080_8080_8080_8080
            if marks != 0 { return offset + marks.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < count {
            let byte = self[offset]
            seen |= UInt64(byte)
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            offset += 1
        }
        return offset
    }

    /// Whether the bytes hold U+0000 to U+001F or U+007F to U+009F (Unicode's category Cc) as UTF-8.
    @inline(__always)
    var holdsControlCharacters: Bool {
        var offset = 0
        // Eight bytes at a time, as long as none of them needs a closer look: below 0x20, 0x7F or not ASCII.
        while offset + 8 <= count {
            let word = loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let delete = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let marks = word | (word &- 0x2020_2020_2020_2020) | (delete &- 0x0101_0101_0101_0101) & ~delete
            guard marks & 0x8080_8080_8080_8080 == 0 else { break }
            offset += 8
        }
        return holdsControlCharacters(from: offset)
    }

    private func holdsControlCharacters(from start: Int) -> Bool {
        var isLeadByteC2 = false
        for byte in self[start...] {
            if byte < 0x20 || byte == 0x7F || (isLeadByteC2 && 0x80...0x9F ~= byte) { return true }
            isLeadByteC2 = byte == 0xC2
        }
        return false
    }
}

extension String {
    /// Gives `body` the UTF-8 bytes of the string, without a copy where there is one already.
    @inline(__always)
    func utf8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) { return result }
        var copy = self
        return copy.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }

    /// Whether the string contains U+0000.
    var hasNUL: Bool { utf8Bytes { $0.firstOffset(of: 0) != nil } }
}

extension UInt8 {
    /// What this ASCII character is worth as a hexadecimal digit, or `nil` if it is none.
    var hexadecimalValue: UInt8? {
        let digit = self &- 0x30
        if digit <= 9 { return digit }
        let letter = (self | 0x20) &- 0x61
        return letter <= 5 ? letter + 10 : nil
    }
}
