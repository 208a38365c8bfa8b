/// What can be measured by itself.
enum MeasureName: String, CaseIterable {
    case writer
    case insert
    case emit
    case ingest
    case http
    case latency
    case fanout
    case footprint
    case rollup
    case sustained
    case growthEvents = "growth-events"
    case growthWriters = "growth-writers"
    case growthBatches = "growth-batches"
    case growthSubscribers = "growth-subscribers"
    case micro

    /// All of them, for a sentence.
    static let list = allCases.map(\.rawValue).joined(separator: ", ")
}
