import CLibPQ

/// A query's values laid out as libpq takes them: parallel arrays of type, pointer, length and format.
struct QueryParameters {
    private var types: [Oid] = []
    private var formats: [Int32] = []
    private var lengths: [Int32] = []
    /// Where each value begins in `bytes`; nil is NULL.
    private var offsets: [Int?] = []
    private var bytes: [UInt8] = []

    init(_ bindings: [any PostgresEncodable]) {
        for binding in bindings {
            append(binding)
        }
        // An empty value needs a pointer that is not null.
        bytes.append(0)
    }

    private mutating func append<Value: PostgresEncodable>(_ value: Value) {
        types.append(Value.postgresType.rawValue)
        formats.append(Value.isSentAsText ? 0 : 1)
        guard !value.isNull else {
            offsets.append(nil)
            lengths.append(0)
            return
        }
        let start = bytes.count
        value.encode(into: &bytes)
        offsets.append(start)
        lengths.append(Int32(bytes.count - start))
        // libpq takes a text value for a C string.
        if Value.isSentAsText { bytes.append(0) }
    }

    func withPointers<Result>(
        _ body: (
            _ count: Int32, _ types: UnsafePointer<Oid>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
            _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        if types.isEmpty { return body(0, nil, nil, nil, nil) }
        return bytes.withUnsafeBytes { bytes in
            let base = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            let values = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            return body(Int32(types.count), types, values, lengths, formats)
        }
    }
}
