import Crypto
#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import WorkflowEvents

/// The answer of a report, as of a position.
package struct Report: Sendable {
    package var definition: ReportDefinition
    /// What it was asked with; every parameter of the definition has a value, `null` where none was given.
    package var arguments: [(name: String, value: ReportValue)]
    /// The ledger that answered.
    package var ledgerID: UUID
    /// Everything up to this position is in the answer, and nothing after it.
    package var asOfPosition: Int64
    package var generatedAt: Timestamp
    package var rows: [[ReportValue]]
    /// Whether there would have been more rows than the cap allows.
    package var isTruncated: Bool
    /// Only events recorded at or after this time are in it; `nil` for no bound.
    package var recordedSince: Timestamp?
    /// Only events recorded before this time are in it; `nil` for no bound.
    package var recordedUntil: Timestamp?
    /// How its percentiles came about; `nil` where it has none or does not say.
    package var percentiles: Percentiles?
    /// The release of runledger that answered.
    package var version = Release.version

    /// The answer of `definition` to `arguments`.
    package init(
        definition: ReportDefinition, arguments: [(name: String, value: ReportValue)], ledgerID: UUID,
        asOfPosition: Int64, generatedAt: Timestamp, rows: [[ReportValue]], isTruncated: Bool,
        recordedSince: Timestamp? = nil, recordedUntil: Timestamp? = nil, percentiles: Percentiles? = nil
    ) {
        self.definition = definition
        self.arguments = arguments
        self.ledgerID = ledgerID
        self.asOfPosition = asOfPosition
        self.generatedAt = generatedAt
        self.rows = rows
        self.isTruncated = isTruncated
        self.recordedSince = recordedSince
        self.recordedUntil = recordedUntil
        self.percentiles = percentiles
    }

    /// What it was asked with, the bounds by time of recording included where there are any.
    var question: [(name: String, value: ReportValue)] {
        var question = arguments
        if let recordedSince { question.append(("recorded_since", .timestamp(recordedSince))) }
        if let recordedUntil { question.append(("recorded_until", .timestamp(recordedUntil))) }
        return question
    }

    /// The SHA-256 over each row as a compact JSON array in column order and a line feed, in hexadecimal.
    package var rowsSHA256: String {
        var hash = SHA256()
        var json: [UInt8] = []
        for row in rows {
            json.removeAll(keepingCapacity: true)
            appendJSONArray(row, to: &json) { value, json in value.appendJSON(to: &json) }
            json.append(UInt8(ascii: "\n"))
            hash.update(data: json)
        }
        return hash.finalize().hexadecimal
    }
}

/// Appends `[`, the elements separated by commas, and `]`.
package func appendJSONArray<Element>(
    _ elements: some Sequence<Element>, to json: inout [UInt8], _ append: (Element, inout [UInt8]) -> Void
) {
    json.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        append(element, &json)
    }
    json.append(UInt8(ascii: "]"))
}
