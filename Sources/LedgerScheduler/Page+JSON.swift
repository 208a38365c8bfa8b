import LedgerReporting
import WorkflowEvents
package import WorkflowEventsPostgres

extension Page<ReportExecution> {
    /// The page as the API answers it and the command prints it, with a line feed: `{"report_executions":[…],
    /// "next_cursor":…}`.
    package var json: [UInt8] {
        var json: [UInt8] = []
        var object = JSONObjectWriter(&json)
        object.add("report_executions", to: &json) { json in
            appendJSONArray(elements, to: &json) { $0.appendJSON(to: &$1) }
        }
        object.add("next_cursor", nextCursor.map { String($0) }, to: &json)
        object.end(&json)
        json.append(UInt8(ascii: "\n"))
        return json
    }
}
