#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension [UInt8] {
    /// Appends `string` as a JSON string, quotes and escapes included.
    package mutating func append(json string: String) {
        let maximumBytes = JSONByteWriter.maximumStringBytes(string.utf8.count)
        JSONByteWriter.append(to: &self, maximumBytes: maximumBytes) { $0.put(string: string) }
    }

    /// Appends `value` as a JSON number.
    package mutating func append(json value: MetricValue) {
        JSONByteWriter.append(to: &self, maximumBytes: value.maximumEncodedBytes) { $0.put(metric: value) }
    }

    /// Appends `metrics` as a JSON object of numbers, in their order.
    package mutating func append(json metrics: MetricSet) {
        var maximumBytes = 2
        for index in metrics.pairs.indices {
            maximumBytes += JSONByteWriter.maximumStringBytes(metrics.pairs[index].name.utf8.count)
            maximumBytes += metrics.pairs[index].value.maximumEncodedBytes + 2
        }
        JSONByteWriter.append(to: &self, maximumBytes: maximumBytes) { $0.put(metrics: metrics) }
    }

    /// Appends `strings` as a JSON array of strings.
    package mutating func append(json strings: [String]) {
        var maximumBytes = 2
        for string in strings { maximumBytes += JSONByteWriter.maximumStringBytes(string.utf8.count) + 1 }
        JSONByteWriter.append(to: &self, maximumBytes: maximumBytes) { $0.put(strings: strings) }
    }

    /// Appends `value` in decimal digits.
    package mutating func append(decimal value: Int64) {
        JSONByteWriter.append(to: &self, maximumBytes: JSONByteWriter.maximumDecimalBytes) { $0.put(decimal: value) }
    }

    /// Appends `uuid` as lower-case 8-4-4-4-12 hexadecimal digits, without quotes.
    package mutating func append(uuid: UUID) {
        JSONByteWriter.append(to: &self, maximumBytes: 36) { $0.put(uuid: uuid) }
    }

    /// Appends `timestamp` as RFC 3339 writes it, without quotes.
    package mutating func append(rfc3339 timestamp: Timestamp) {
        JSONByteWriter.append(to: &self, maximumBytes: JSONByteWriter.maximumTimestampBytes) {
            $0.put(rfc3339: timestamp)
        }
    }
}
