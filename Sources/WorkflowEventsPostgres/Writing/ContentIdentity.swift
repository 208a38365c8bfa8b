import Crypto

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import WorkflowEvents

extension WorkflowEvent {
    /// The identifier of an event that came with a time but without an id: a UUIDv8 (RFC 9562, section 5.8) from the
    /// SHA-256 of its other fields, so that sending it again finds it stored.
    ///
    /// Metrics count by name and value whatever their order, and a whole number is the same with and without a
    /// fraction.
    package var contentID: UUID {
        var text: [UInt8] = []
        func add(_ string: String?) {
            if let string { text.append(json: string) } else { text += "null".utf8 }
            text.append(UInt8(ascii: ","))
        }
        add(runID)
        add(ts.rfc3339)
        add(node.rawValue)
        add(phase.rawValue)
        add(String(durationMS))
        for pair in metrics.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            add(pair.name)
            add(pair.value.canonicalText)
        }
        text.append(json: issues)
        add(executionID?.uuidString)
        add(service)
        add(traceID)
        add(spanID)
        let digest = Array(SHA256.hash(data: text))
        let high = digest[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = digest[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // The version and the variant of RFC 9562 take six of the bits.
        return UUID(highBits: high & ~0xF000 | 0x8000, lowBits: low & ~(3 << 62) | 1 << 63)
    }
}

extension MetricValue {
    fileprivate var canonicalText: String {
        if case .double(let value) = storage, let whole = Int64(exactly: value) { return String(whole) }
        return description
    }
}
