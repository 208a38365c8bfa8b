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
        object.add("row_count", rows.count, to: &json)
        object.add("rows_sha256", rowsSHA256, to: &json)
        object.add("truncated", isTruncated, to: &json)
        if let percentiles { object.add("percentiles", percentiles.rawValue, to: &json) }
        object.end(&json)
        return json
    }

    /// Adds everything but the rows: what was asked, of whom, and as of what.
    private func addDescription(to object: inout JSONObjectWriter, _ json: inout [UInt8]) {
        object.add("report", definition.name, to: &json)
        object.add("title", definition.title, to: &json)
        object.add("report_sha256", definition.sha256, to: &json)
        object.add("parameters", to: &json) { json in
            var parameters = JSONObjectWriter(&json)
            for (name, value) in arguments { parameters.add(name, to: &json) { value.appendJSON(to: &$0) } }
            parameters.end(&json)
        }
        object.add("ledger_id", ledgerID.uuidString.lowercased(), to: &json)
        object.add("as_of_position", asOfPosition, to: &json)
        object.add("generated_at", generatedAt.rfc3339, to: &json)
        object.add("columns", to: &json) { json in
            appendJSONArray(definition.columns, to: &json) { column, json in
                var member = JSONObjectWriter(&json)
                member.add("name", column.name, to: &json)
                member.add("type", column.type.rawValue, to: &json)
                member.add("unit", column.unit, to: &json)
                member.end(&json)
            }
        }
    }
}
