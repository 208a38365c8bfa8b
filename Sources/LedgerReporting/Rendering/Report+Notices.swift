import WorkflowEvents

extension Report {
    /// What a truncated answer says of itself.
    var truncationNotice: String {
        "Not complete: the answer was cut off after \(DecimalText.grouped(String(rows.count))) rows. Ask for less at a time."
    }
}

extension ReportValue {
    /// The value as an answer names what it was asked with, exactly; `nil` for `null`.
    var argumentText: String? {
        switch self {
        case .null: nil
        case .text(let text): text
        case .texts(let texts): texts.joined(separator: "; ")
        case .integer(let number): String(number)
        case .number(let number): Self.shortest(number)
        case .boolean(let flag): String(flag)
        case .duration(let span): span.text
        case .timestamp(let time): time.exactDisplayText
        }
    }
}
