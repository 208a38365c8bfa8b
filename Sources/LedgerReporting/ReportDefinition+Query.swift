extension ReportDefinition {
    /// The query that `text` is, a semicolon at its end and what is behind it left out.
    ///
    /// - Parameters:
    ///   - parameters: those the header declares.
    ///   - firstLine: on which line of `file` the text begins.
    /// - Throws: ``ReportError`` `badDefinition`: it is not one statement that reads, reads what no position bounds, or
    ///   does not use the parameters as declared.
    static func query(
        _ text: String, of file: String, firstLine: Int, parameters: [(declaration: Parameter, line: Int)]
    ) throws(ReportError) -> String {
        let check = QueryCheck(file: file, firstLine: firstLine)
        let tokens = SQLToken.tokens(of: text)
        try check.ends(tokens)
        let statement = try check.statement(of: tokens)
        try check.reads(statement)
        try check.isBalanced(statement)
        try check.isBounded(statement)
        try check.onlyReads(statement)
        try check.uses(parameters, statement)
        return statement.map { String($0.text) }.joined()
    }
}

/// Looks for what is wrong with the tokens of a query.
private struct QueryCheck {
    let file: String
    let firstLine: Int

    /// Refuses what is open at the end.
    func ends(_ tokens: [SQLToken]) throws(ReportError) {
        guard let last = tokens.last, last.isUnended else { return }
        throw error(at: tokens.count - 1, of: tokens, "what begins here with \(last.text.prefix(2)) has no end")
    }

    /// The tokens of the one statement.
    func statement(of tokens: [SQLToken]) throws(ReportError) -> [SQLToken] {
        guard let semicolon = tokens.firstIndex(where: { $0.isSymbol(";") }) else { return tokens }
        let more = tokens.indices[(semicolon + 1)...].first { tokens[$0].isSubstantial && !tokens[$0].isSymbol(";") }
        if let more { throw error(at: more, of: tokens, "a second statement begins here; a report is one query") }
        return Array(tokens[..<semicolon])
    }

    /// Refuses a statement that begins with anything but SELECT or WITH, or that would write.
    func reads(_ tokens: [SQLToken]) throws(ReportError) {
        guard let first = tokens.firstIndex(where: { $0.isSubstantial && !$0.isSymbol("(") }) else {
            throw error(at: tokens.count, of: tokens, "there is no query below the header")
        }
        guard let word = tokens[first].name, tokens[first].kind == .word, ["select", "with"].contains(word) else {
            throw error(at: first, of: tokens, "a report's query begins with SELECT or WITH")
        }
        var previous: SQLToken?
        for (index, token) in tokens.enumerated() where token.isSubstantial {
            if previous?.isSymbol("(") == true, token.kind == .word,
                ["insert", "update", "delete", "merge"].contains(token.name)
            {
                throw error(at: index, of: tokens, "a report only reads")
            }
            previous = token
        }
    }

    /// Refuses parentheses that do not match, which would end the query that this one is wrapped in.
    func isBalanced(_ tokens: [SQLToken]) throws(ReportError) {
        var open: [Int] = []
        for (index, token) in tokens.enumerated() {
            if token.isSymbol("(") {
                open.append(index)
            } else if token.isSymbol(")"), open.popLast() == nil {
                throw error(at: index, of: tokens, "this parenthesis closes none")
            }
        }
        if let last = open.last { throw error(at: last, of: tokens, "this parenthesis is never closed") }
    }

    /// Refuses what would not be the same again as of the same position.
    func isBounded(_ tokens: [SQLToken]) throws(ReportError) {
        for (index, token) in tokens.enumerated() where token.kind == .word || token.kind == .quotedName {
            guard let name = token.name, Self.unbounded.contains(where: name.hasPrefix) else { continue }
            throw error(
                at: index, of: tokens,
                """
                a report may not read \(name), which its position does not bound; there are events, executions, runs, \
                all_events and batches
                """)
        }
    }

    /// Partitions of the first, and functions over the third, begin with the same words.
    private static let unbounded = [
        "workflow_events", "event_batches", "ledger_events", "rollup_cells", "run_summaries", "ingest_keys",
        "access_tokens", "stream_tickets", "report_schedules", "report_executions", "report_artifacts",
        "report_deliveries",
    ]

    /// Refuses functions that a read-only transaction of a reader does not keep from changing something or from running
    /// SQL of their own, and names that are written so that they cannot be told.
    func onlyReads(_ tokens: [SQLToken]) throws(ReportError) {
        for (index, token) in tokens.enumerated() where token.kind == .word || token.kind == .quotedName {
            if token.kind == .quotedName, index > 1, tokens[index - 1].isSymbol("&"), tokens[index - 2].name == "u" {
                throw error(at: index, of: tokens, "write a name without U& escapes")
            }
            guard let name = token.name, Self.doesMore(name) else { continue }
            throw error(at: index, of: tokens, "a report may not call \(name), which does more than read")
        }
    }

    private static func doesMore(_ function: String) -> Bool {
        let names: Set = [
            "set_config", "setval", "nextval", "loread", "lowrite", "pg_notify", "dblink", "query_to_xml",
        ]
        let beginnings = [
            "lo_", "dblink_", "pg_advisory_", "pg_try_advisory_", "pg_read_", "pg_ls_", "pg_stat_file", "pg_logical_",
            "pg_replication_", "pg_terminate_", "pg_cancel_", "query_to_xml", "cursor_to_xml", "table_to_xml",
            "schema_to_xml", "database_to_xml", "ts_stat", "ts_rewrite",
        ]
        return names.contains(function) || beginnings.contains(where: function.hasPrefix)
    }

    /// Refuses a parameter that is not declared, or is declared and makes no difference.
    func uses(
        _ parameters: [(declaration: ReportDefinition.Parameter, line: Int)], _ tokens: [SQLToken]
    ) throws(ReportError) {
        var used: Set<String> = []
        for (index, token) in tokens.enumerated() {
            if token.kind == .placeholder {
                throw error(at: index, of: tokens, "values are written :name, not \(token.text)")
            }
            guard token.kind == .parameter, let name = token.name else { continue }
            guard parameters.contains(where: { $0.declaration.name == name }) else {
                throw error(
                    at: index, of: tokens, "the query uses :\(name), which no `-- parameter:` line declares")
            }
            used.insert(name)
        }
        if let unused = parameters.first(where: { !used.contains($0.declaration.name) }) {
            throw .badDefinition(
                file, unused.line, "the query does not use :\(unused.declaration.name), which is declared here")
        }
    }

    private func error(at index: Int, of tokens: [SQLToken], _ reason: String) -> ReportError {
        let lineFeeds = tokens[..<index].reduce(0) { count, token in
            count + token.text.utf8.count { $0 == UInt8(ascii: "\n") }
        }
        return .badDefinition(file, firstLine + lineFeeds, reason)
    }
}

extension SQLToken {
    fileprivate func isSymbol(_ symbol: Substring) -> Bool { kind == .symbol && text == symbol }

    /// Whether it is more than white space or a comment.
    fileprivate var isSubstantial: Bool {
        kind != .comment && !(kind == .symbol && text.allSatisfy(\.isWhitespace))
    }
}
