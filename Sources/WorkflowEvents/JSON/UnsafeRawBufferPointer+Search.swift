#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension UnsafeRawBufferPointer {
    /// Where `byte` first stands at or behind `start`, or `nil` if it does not.
    func firstOffset(of byte: UInt8, from start: Int = 0) -> Int? {
        guard let baseAddress, start < count,
            let found = memchr(baseAddress + start, Int32(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - baseAddress
    }

    /// Where the first byte stands, at or behind `start`, that a JSON string cannot hold as it is: a quote, a
    /// backslash or a control character below 0x20; `count` if there is none.
    @inline(__always)
    func endOfPlainText(from start: Int) -> Int {
        var offset = start
        // Eight bytes at a time. A borrow of the subtractions runs only upwards from a byte that is one itself, so the
        // lowest marked byte is always right.
        while offset + 8 <= count {
            let word = UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let quote = word ^ 0x2222_2222_2222_2222
            let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let marks =
                ((quote &- 0x0101_0101_0101_0101) & ~quote
                    | (backslash &- 0x0101_0101_0101_0101) & ~backslash
                    | (word &- 0x2020_2020_2020_2020) & ~word) & 0x8080_8080_8080_8080
            if marks != 0 { return offset + marks.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < count, self[offset] >= 0x20, self[offset] != UInt8(ascii: "\""),
            self[offset] != UInt8(ascii: "\\")
        { offset += 1 }
        return offset
    }
}
