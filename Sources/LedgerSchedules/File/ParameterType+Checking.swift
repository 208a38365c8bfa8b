import WorkflowEvents

extension ParameterType {
    /// Whether `text` is a value of this type.
    func allows(_ text: String) -> Bool {
        switch self {
        case .text: true
        case .integer: Int64(text) != nil
        case .number: Double(text)?.isFinite ?? false
        case .boolean: text == "true" || text == "false"
        case .timestamp: Timestamp(rfc3339: text) != nil
        case .duration: Self.isDuration(text)
        }
    }

    /// What a value looks like, for messages.
    var allowed: String {
        switch self {
        case .text: "a text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .timestamp: "a time such as 2025-11-18T12:00:00Z"
        case .duration: "a span of time such as 90m, 24h or 7d"
        }
    }

    private static func isDuration(_ text: String) -> Bool {
        guard let unit = text.last.flatMap({ secondsByUnit[$0] }), let count = Int64(text.dropLast()) else {
            return false
        }
        return 0...maximumSeconds / unit ~= count
    }

    private static let secondsByUnit: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    private static let maximumSeconds: Int64 = 31_557_600_000
}
