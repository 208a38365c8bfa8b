import LedgerReporting
import WorkflowEvents

extension ReportExecution {
    /// Appends the execution as the API answers it, one JSON object.
    package func appendJSON(to json: inout [UInt8]) {
        var object = JSONObjectWriter(&json)
        object.add("id", id, to: &json)
        object.add("schedule", schedule, to: &json)
        object.add("report", report, to: &json)
        object.add("slot", slot.rfc3339, to: &json)
        object.add("state", state.rawValue, to: &json)
        object.add("attempts", attemptCount, to: &json)
        object.add("parameters", to: &json) { $0 += (parametersJSON ?? "null").utf8 }
        object.add("as_of_position", asOfPosition, to: &json)
        object.add("row_count", rowCount, to: &json)
        object.add("rows_sha256", rowsSHA256, to: &json)
        object.add("truncated", to: &json) { $0 += (isTruncated.map { "\($0)" } ?? "null").utf8 }
        object.add("error", error, to: &json)
        object.add("created_at", createdAt.rfc3339, to: &json)
        object.add("finished_at", finishedAt?.rfc3339, to: &json)
        object.add("artifacts", to: &json) { json in
            appendJSONArray(artifacts, to: &json) { $0.appendJSON(to: &$1) }
        }
        object.add("deliveries", to: &json) { json in
            appendJSONArray(deliveries, to: &json) { $0.appendJSON(to: &$1) }
        }
        object.end(&json)
    }
}

extension ReportExecution.Artifact {
    fileprivate func appendJSON(to json: inout [UInt8]) {
        var object = JSONObjectWriter(&json)
        object.add("format", format, to: &json)
        object.add("bytes", byteCount, to: &json)
        object.add("sha256", sha256, to: &json)
        object.end(&json)
    }
}

extension ReportExecution.Delivery {
    fileprivate func appendJSON(to json: inout [UInt8]) {
        var object = JSONObjectWriter(&json)
        object.add("format", format, to: &json)
        object.add("kind", kind.rawValue, to: &json)
        object.add("target", target, to: &json)
        object.add("idempotency_key", idempotencyKey, to: &json)
        object.add("state", state.rawValue, to: &json)
        object.add("attempts", attemptCount, to: &json)
        object.add("next_attempt_at", nextAttemptAt?.rfc3339, to: &json)
        object.add("delivered_at", deliveredAt?.rfc3339, to: &json)
        object.add("error", error, to: &json)
        object.end(&json)
    }
}
