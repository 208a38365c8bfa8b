import Foundation
import WorkflowEvents

extension Report {
    /// The answer as a Markdown document: title, description, the table, and what it answers to.
    package var markdown: String {
        """
        # \(definition.title.markdown)

        \(definition.summary.markdown)

        \(table.markdown)
        \(isTruncated ? "**\(truncationNotice)**\n\n" : "")---

        \(facts.map { "- \($0.name): \($0.markdown)" }.joined(separator: "\n"))

        """
    }

    private var facts: [(name: String, markdown: String)] {
        var facts = [
            ("Report", "`\(definition.name.filter { $0 != "`" }.displayable)`"),
            ("As of position", "\(asOfPosition)"),
            ("Ledger", "`\(ledgerID.text)`"),
            ("Generated at", generatedAt.exactDisplayText),
        ]
        facts += question.map { ("Parameter `\($0.name)`", $0.value.argumentText?.markdown ?? "not set") }
        facts += [("Rows", "\(rows.count)\(isTruncated ? ", truncated" : "")")]
        if let percentiles { facts.append(("Percentiles", percentiles.rawValue)) }
        facts += [("Rows SHA-256", "`\(rowsSHA256)`"), ("Report SHA-256", "`\(definition.sha256)`")]
        return facts
    }
}
