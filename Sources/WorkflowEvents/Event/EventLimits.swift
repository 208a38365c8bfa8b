/// How large an event may be, wherever it comes from.
///
/// Sizes are counted in UTF-8 bytes. ``WorkflowEvent/violations()`` applies them.
package enum EventLimits {
    /// `run_id`: 1 to 255 bytes.
    package static let maximumRunIDBytes = 255
    /// `node`: 1 to 128 bytes.
    package static let maximumNodeBytes = 128
    /// `service`: up to 255 bytes.
    package static let maximumServiceBytes = 255
    /// `duration_ms`: up to 2⁵³ − 1, the integers that every JSON reader keeps exactly.
    package static let maximumDurationMS = 1 << 53 - 1
    /// `metrics`: up to 256 of them.
    package static let maximumMetricCount = 256
    /// The name of a metric: 1 to 255 bytes.
    package static let maximumMetricNameBytes = 255
    /// A metric as JSON text: up to 40 characters.
    package static let maximumMetricCharacters = 40
    /// `issues`: up to 256 of them.
    package static let maximumIssueCount = 256
    /// One issue: up to 8 KiB.
    package static let maximumIssueBytes = 8 << 10
    /// The whole event as compact JSON, without the keys that only the ledger writes: up to 256 KiB.
    package static let maximumEventBytes = 256 << 10
    /// The text from which one event is read, white space and escapes included: up to 2 MiB.
    ///
    /// Every event within ``maximumEventBytes`` fits even if all its characters are written as `\u` escapes.
    package static let maximumEventTextBytes = 2 << 20
    /// One HTTP request: up to 10,000 events.
    package static let maximumRequestEventCount = 10_000
    /// One HTTP request after decompression: up to 16 MiB.
    package static let maximumRequestBytes = 16 << 20
    /// How many field errors are told of one event; what lies beyond is most likely more of the same.
    package static let maximumFieldErrorCount = 100
}
