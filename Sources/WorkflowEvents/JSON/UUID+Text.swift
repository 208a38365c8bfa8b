#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension UUID {
    /// The identifier written as 8-4-4-4-12 hexadecimal digits of either case (RFC 9562, section 4), or `nil`.
    package init?(text bytes: UnsafeRawBufferPointer) {
        let dash = UInt8(ascii: "-")
        guard bytes.count == 36, bytes[8] == dash, bytes[13] == dash, bytes[18] == dash, bytes[23] == dash,
            let first = Self.word(bytes, 0, 4), let second = Self.word(bytes, 9, 14),
            let third = Self.word(bytes, 19, 24), let fourth = Self.word(bytes, 28, 32)
        else { return nil }
        self.init(highBits: first << 32 | second, lowBits: third << 32 | fourth)
    }

    /// The identifier as lower-case 8-4-4-4-12 hexadecimal digits.
    package var text: String {
        var bytes: [UInt8] = []
        bytes.append(uuid: self)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The sixteen bytes as two integers, the most significant first.
    var bits: (high: UInt64, low: UInt64) {
        withUnsafeBytes(of: uuid) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// What the four hexadecimal digits at `start` and the four at `next` are worth together, or `nil`.
    ///
    /// All eight are checked and converted at once, a digit in each byte of a word.
    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ next: Int) -> UInt64? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let text =
            UInt64(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))) << 32
            | UInt64(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: next, as: UInt32.self)))
        // Letters have the bit 0x40 and digits do not: 'a' and 'A' are 0x61 and 0x41, '0' is 0x30.
        let isLetter = (text >> 6) & ones
        let highNibbles = (text | isLetter << 5) & 0xF0F0_F0F0_F0F0_F0F0
        let values = (text & 0x0F0F_0F0F_0F0F_0F0F) &+ isLetter &* 9
        let isTenOrMore = ((values &+ ones &* 6) >> 4) & ones
        guard highNibbles == ones &* 0x30 &+ isLetter &* 0x30, isTenOrMore == isLetter, values & (ones &* 0x10) == 0
        else { return nil }
        let pairs = (values | values >> 4) & 0x00FF_00FF_00FF_00FF
        let quads = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF
        return (quads | quads >> 16) & 0xFFFF_FFFF
    }
}
