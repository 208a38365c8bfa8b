extension MetricSet {
    /// The metrics of a stored event, from the JSON object as which the database prints them.
    ///
    /// The database writes `1e300` with all its digits; a number that takes more characters than a metric may have
    /// becomes the double it was, so that what is exported can be stored again.
    ///
    /// - Throws: ``EventJSONError`` if the text is no object of numbers, which no ledger holds.
    package init(stored text: String) throws(EventJSONError) {
        var text = text
        let result: Result<MetricSet, JSONSyntaxError> = text.withUTF8 { utf8 in
            var cursor = JSONCursor(UnsafeRawBufferPointer(utf8))
            do throws(JSONSyntaxError) { return .success(try cursor.storedMetrics()) } catch { return .failure(error) }
        }
        switch result {
        case .success(let metrics): self = metrics
        case .failure(let error): throw .notJSON(offset: error.offset, detail: error.detail)
        }
    }
}

extension JSONCursor {
    fileprivate mutating func storedMetrics() throws(JSONSyntaxError) -> MetricSet {
        var pairs: [(name: String, value: MetricValue)] = []
        try expect("{")
        if take("}") { return MetricSet(distinct: pairs) }
        repeat {
            let name = try text().string
            try expect(":")
            let number = try self.number()
            guard let value = number.metric else { throw fault("a metric is beyond the finite doubles") }
            let isLong = number.bytes.count > EventLimits.maximumMetricCharacters
            pairs.append((name, isLong ? MetricValue(value.doubleValue) ?? value : value))
        } while take(",")
        try expect("}")
        return MetricSet(distinct: pairs)
    }
}
