#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension UUID {
    /// The identifier written as 8-4-4-4-12 hexadecimal digits of either case (RFC 9562, section 4), or `nil`.
    package init?(text bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<36 {
            let byte = bytes[index]
            switch index {
            case 8, 13, 18, 23:
                guard byte == UInt8(ascii: "-") else { return nil }
            default:
                guard let digit = byte.hexadecimalValue else { return nil }
                if index < 18 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
            }
        }
        self.init(highBits: high, lowBits: low)
    }
}

extension UInt8 {
    /// What this ASCII character is worth as a hexadecimal digit, or `nil` if it is none.
    @inline(__always)
    var hexadecimalValue: UInt8? {
        let digit = self &- 0x30
        if digit <= 9 { return digit }
        let letter = (self | 0x20) &- 0x61
        return letter <= 5 ? letter + 10 : nil
    }
}
