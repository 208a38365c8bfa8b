extension CronField {
    /// The numbers that `text`, a list such as `1-5/2,10,MON`, allows.
    ///
    /// - Throws: ``ScheduleError`` `badCron` that names the field, the wrong part and what may stand there.
    func values(_ text: Substring) throws(ScheduleError) -> CronValues {
        var values = CronValues()
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            if item.isEmpty { throw error("`\(text)` has an empty item; write a list as `1,2,3`") }
            values.formUnion(try self.item(item))
        }
        if self == .dayOfWeek, values.contains(7) {
            values.remove(7)
            values.insert(0)
        }
        return values
    }

    /// `*`, `5` or `1-5`, each with or without `/step`.
    private func item(_ item: Substring) throws(ScheduleError) -> CronValues {
        let parts = item.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw error("`\(item)` has more than one step") }
        let step = parts.count == 2 ? try self.step(parts[1]) : nil
        if parts[0] == "*" { return CronValues(wholeRange, step: step ?? 1) }

        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2 else { throw error("`\(parts[0])` is no range; write `1-5`") }
        let first = try number(ends[0])
        var last = first
        if ends.count == 2 {
            last = try number(ends[1])
            // A week may be thought to end with its Sunday: FRI-SUN.
            if self == .dayOfWeek, last == 0, first > 0, ends[1].spells(names[0]) { last = 7 }
        } else if step != nil {
            last = max(first, wholeRange.upperBound)
        }
        guard first <= last else { throw error("the range `\(parts[0])` runs backwards") }
        return CronValues(first...last, step: step ?? 1)
    }

    private func step(_ text: Substring) throws(ScheduleError) -> Int {
        guard let step = decimal(text), 1...wholeRange.upperBound ~= step else {
            throw error("`\(text)` is no step; allowed is 1–\(wholeRange.upperBound)")
        }
        return step
    }

    private func number(_ text: Substring) throws(ScheduleError) -> Int {
        if let index = names.firstIndex(where: text.spells) { return range.lowerBound + index }
        guard let number = decimal(text), range ~= number else {
            throw error("`\(text)` is not allowed; allowed is \(allowed)")
        }
        return number
    }

    /// `Int` would also take a sign.
    private func decimal(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? Int(text) : nil
    }

    private func error(_ reason: String) -> ScheduleError {
        ScheduleError(.badCron, "\(rawValue): \(reason)")
    }
}
