import Crypto
import Foundation
import WorkflowEvents

extension Report {
    /// The answer as one JSON object, as the API and `--format json` give it.
    package var json: [UInt8] {
        let table = table
        var json: [UInt8] = []
        var object = JSONObjectWriter(&json)
        addDescription(to: &object, &json)
        object.add("rows", to: &json) { json in
            appendJSONArray(rows.indices, to: &json) { index, json in table.appendObject(index, to: &json) }
        }
        addSummary(to: &object, &json)
        object.end(&json)
        return json
    }

    /// What is kept beside `file`, which holds the answer in `format`: the JSON without its rows, the format, and the
    /// SHA-256 of the file. ``ReportManifest`` reads it.
    package func manifest(of file: [UInt8], as format: ReportFormat) -> [UInt8] {
        var json: [UInt8] = []
        var object = JSONObjectWriter(&json)
        addDescription(to: &object, &json)
        addSummary(to: &object, &json)
        object.add("format", format.rawValue, to: &json)
        object.add("file_sha256", Self.sha256(of: file), to: &json)
        object.end(&json)
        json.append(UInt8(ascii: "\n"))
        return json
    }

    /// The SHA-256 of `bytes`, in hexadecimal.
    package static func sha256(of bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).hexadecimal
    }

    private func addSummary(to object: inout JSONObjectWriter, _ json: inout [UInt8]) {
        object.add("row_count", rows.count, to: &json)
        object.add("rows_sha256", rowsSHA256, to: &json)
        object.add("truncated", isTruncated, to: &json)
        if let percentiles { object.add("percentiles", percentiles.rawValue, to: &json) }
    }

    /// Adds everything but the rows: what was asked, of whom, and as of what.
    private func addDescription(to object: inout JSONObjectWriter, _ json: inout [UInt8]) {
        object.add("report", definition.name, to: &json)
        object.add("title", definition.title, to: &json)
        object.add("report_sha256", definition.sha256, to: &json)
        object.add("version", version, to: &json)
        object.add("parameters", to: &json) { $0 += parametersJSON }
        object.add("ledger_id", ledgerID.text, to: &json)
        object.add("as_of_position", asOfPosition, to: &json)
        if let recordedSince { object.add("recorded_since", recordedSince.rfc3339, to: &json) }
        if let recordedUntil { object.add("recorded_until", recordedUntil.rfc3339, to: &json) }
        object.add("generated_at", generatedAt.rfc3339, to: &json)
        object.add("columns", to: &json) { $0 += columnsJSON }
    }

    /// What it was asked with, as a JSON object.
    package var parametersJSON: [UInt8] {
        var json: [UInt8] = []
        var parameters = JSONObjectWriter(&json)
        for (name, value) in arguments { parameters.add(name, to: &json) { value.appendJSON(to: &$0) } }
        parameters.end(&json)
        return json
    }

    /// Its columns, as a JSON array.
    package var columnsJSON: [UInt8] {
        var json: [UInt8] = []
        appendJSONArray(definition.columns, to: &json) { $0.appendJSON(to: &$1) }
        return json
    }
}
