extension MetricSet {
    /// The metrics of a stored event, from the JSON object as which the database prints them.
    ///
    /// PostgreSQL prints numbers without exponents, `1e300` with all its digits. One that takes more characters than a
    /// metric may have gets an exponent again, so that what is exported can be stored again.
    ///
    /// - Throws: ``EventJSONError`` if the text is no object of finite numbers, which no ledger holds.
    package init(stored text: String) throws(EventJSONError) {
        let result: Result<MetricSet, JSONSyntaxError> = text.utf8Bytes { bytes in
            var cursor = JSONCursor(bytes)
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
        if !take("}") {
            pairs.reserveCapacity(8)
            repeat {
                let name = try text().string
                try expect(":")
                guard let value = try number().shortenedMetric else {
                    throw fault("a metric is beyond the finite doubles")
                }
                pairs.append((name, value))
            } while take(",")
            try expect("}")
        }
        try expectEnd()
        return MetricSet(distinct: pairs)
    }
}
