import Foundation
import WorkflowEvents

extension Report {
    /// The answer as one self-contained page: what it answers to, its chart where its header asks for one, its rows.
    ///
    /// It loads nothing and runs nothing, which its Content-Security-Policy also tells the browser. Every text of an
    /// event is shown as it is; control characters but line ends, and such as turn the direction of writing, are
    /// spaces.
    package var html: String {
        let table = HTMLTable(table)
        var content: [String: Any] = [
            "report_name": definition.name,
            "title": definition.title,
            "summary": definition.summary,
            "version": version,
            "position": String(asOfPosition),
            "ledger": ledgerID.text,
            "generated": generatedAt.exactDisplayText,
            "generated_time": generatedAt.rfc3339,
            "row_count": DecimalText.grouped(String(rows.count)),
            "rows_sha256": rowsSHA256,
            "report_sha256": definition.sha256,
            "has_arguments": !question.isEmpty,
            "arguments": question.map { argument -> [String: Any] in
                ["argument": argument.name, "given": (argument.value.argumentText as Any?) ?? false]
            },
            "truncation": isTruncated ? truncationNotice as Any : false,
            "is_wide": definition.columns.count > 6,
            "headers": table.headers,
            "rows": table.rows,
            "has_rows": !rows.isEmpty,
        ]
        if let percentiles { content["percentiles"] = percentiles.rawValue }
        if let figure = ChartFigure(self) { content["figure"] = figure.content }
        return PageTemplates.page(content)
    }
}
