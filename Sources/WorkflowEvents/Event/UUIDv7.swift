#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import Synchronization

/// Time-ordered identifiers (RFC 9562, section 5.7), a hundred times cheaper to make than `UUID()`.
public enum UUIDv7 {
    /// A new identifier: 48 bits of milliseconds, then 74 bits that differ at every call.
    public static func next() -> UUID { next(at: .now) }

    package static func next(at time: Timestamp) -> UUID {
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
        let milliseconds = UInt64(bitPattern: time.microsecondsSince1970 / 1000)
        // Mixing is one to one: two counts can share a low word only by the two bits that are cut off. The process's
        // seed tells processes apart.
        let high = milliseconds << 16 | 0x7000 | (mix(count ^ seed.high) & 0x0FFF)
        let low = (mix(count &+ seed.low) & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        return UUID(highBits: high, lowBits: low)
    }

    private static let counter = Atomic<UInt64>(0)
    private static let seed: (high: UInt64, low: UInt64) = (.random(in: .min ... .max), .random(in: .min ... .max))

    /// The finalizer of SplitMix64: a bijection that spreads neighbouring counts over all bits.
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension UUID {
    /// The identifier whose sixteen bytes are `highBits` and `lowBits`, most significant first.
    package init(highBits: UInt64, lowBits: UInt64) {
        func byte(_ word: UInt64, _ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64(index))) }
        self.init(
            uuid: (
                byte(highBits, 0), byte(highBits, 1), byte(highBits, 2), byte(highBits, 3),
                byte(highBits, 4), byte(highBits, 5), byte(highBits, 6), byte(highBits, 7),
                byte(lowBits, 0), byte(lowBits, 1), byte(lowBits, 2), byte(lowBits, 3),
                byte(lowBits, 4), byte(lowBits, 5), byte(lowBits, 6), byte(lowBits, 7)
            ))
    }
}
