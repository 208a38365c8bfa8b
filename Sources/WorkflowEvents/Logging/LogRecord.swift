import Logging

/// One line of JSON in the making.
struct LogRecord {
    /// The metadata not written yet.
    private(set) var metadata: Logger.Metadata
    private var bytes: [UInt8] = []

    /// A record with `metadata`, of which nothing is written yet.
    init(metadata: Logger.Metadata) {
        self.metadata = metadata
        bytes.reserveCapacity(512)
    }

    /// Adds a text.
    mutating func append(_ key: String, text: String) {
        bytes.append(key: key)
        bytes.append(json: text)
    }

    /// Adds a time.
    mutating func append(_ key: String, time: Timestamp) {
        bytes.append(key: key)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(rfc3339: time)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Adds the metadata value called `key`, if there is one, at the top of the record.
    mutating func moveMetadata(_ key: String) {
        guard let value = metadata.removeValue(forKey: key) else { return }
        bytes.append(key: key)
        bytes.append(json: value)
    }

    /// The whole line, with what is left of the metadata and the line feed.
    consuming func line() -> [UInt8] {
        if !metadata.isEmpty {
            bytes.append(key: "metadata")
            bytes.append(json: .dictionary(metadata))
        }
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }
}

extension [UInt8] {
    /// Appends `key` and its colon, after the brace or comma that it needs.
    fileprivate mutating func append(key: String) {
        append(isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        append(json: key)
        append(UInt8(ascii: ":"))
    }

    /// Appends a metadata value: a dictionary in the order of its keys, and as a number or boolean what is one.
    fileprivate mutating func append(json value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(json: text)
        case .stringConvertible(let value): append(scalar: value)
        case .array(let values):
            append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(json: value)
            }
            append(UInt8(ascii: "]"))
        case .dictionary(let values):
            append(UInt8(ascii: "{"))
            for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(json: key)
                append(UInt8(ascii: ":"))
                append(json: value)
            }
            append(UInt8(ascii: "}"))
        }
    }

    private mutating func append(scalar value: any CustomStringConvertible) {
        switch value {
        case let value as MetricValue: append(json: value)
        case let value as Bool: append(contentsOf: value.description.utf8)
        case let value as any BinaryInteger: append(contentsOf: value.description.utf8)
        case let value as Double where value.isFinite: append(contentsOf: value.description.utf8)
        case let value as Float where value.isFinite: append(contentsOf: value.description.utf8)
        default: append(json: value.description)
        }
    }
}
