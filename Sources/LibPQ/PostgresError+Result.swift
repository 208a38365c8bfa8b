import CLibPQ

extension PostgresError {
    /// The error that a failed result tells of.
    init(result: OpaquePointer, isConnectionBad: Bool, redactor: Redactor) {
        func field(_ code: Int32) -> String? {
            guard let text = PQresultErrorField(result, code) else { return nil }
            return redactor.redact(String(cString: text))
        }
        let severity = field(LibPQField.severityNonlocalized) ?? field(LibPQField.severity)
        // FATAL and PANIC end the session, whatever libpq has noticed so far.
        let isLost = isConnectionBad || severity == "FATAL" || severity == "PANIC"
        let message =
            field(LibPQField.messagePrimary)
            ?? redactor.redact(String(cString: PQresultErrorMessage(result))).trimmedToOneLine
        self.init(
            isLost ? .connectionLost : .server, message,
            sqlState: field(LibPQField.sqlState).map(SQLState.init(rawValue:)))
        self.severity = severity
        detail = field(LibPQField.messageDetail)
        hint = field(LibPQField.messageHint)
        schemaName = field(LibPQField.schemaName)
        tableName = field(LibPQField.tableName)
        columnName = field(LibPQField.columnName)
        constraintName = field(LibPQField.constraintName)
        position = field(LibPQField.statementPosition).flatMap { Int($0) }
    }
}

/// libpq's `PG_DIAG_…` codes, which are character macros that Swift does not import.
enum LibPQField {
    static let severity = code("S")
    static let severityNonlocalized = code("V")
    static let sqlState = code("C")
    static let messagePrimary = code("M")
    static let messageDetail = code("D")
    static let messageHint = code("H")
    static let statementPosition = code("P")
    static let schemaName = code("s")
    static let tableName = code("t")
    static let columnName = code("c")
    static let constraintName = code("n")

    private static func code(_ character: Unicode.Scalar) -> Int32 { Int32(character.value) }
}

extension String {
    /// The text on one line, without surrounding white space.
    var trimmedToOneLine: String {
        split(whereSeparator: \.isNewline).joined(separator: " ").trimmingWhitespace
    }

    var trimmingWhitespace: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
