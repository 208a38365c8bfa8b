import LedgerReporting

/// Reads a file of schedules and gathers what is wrong with it, instead of stopping at the first mistake.
struct ScheduleFileReader {
    let file: String
    let reports: [String: [ReportDefinition.Parameter]]
    private(set) var mistakes: Set<ScheduleFile.Mistake> = []
    /// The line of every name so far.
    var linesByName: [String: Int] = [:]
    /// Which schedule writes which files.
    var writers: [FileWriter] = []

    init(file: String, reports: [String: [ReportDefinition.Parameter]]) {
        self.file = file
        self.reports = reports
    }

    /// The schedules of the file that are without a mistake.
    mutating func read(_ text: String) -> [Schedule] {
        guard text.utf8.count <= ScheduleFile.maximumBytes else {
            note(1, "a file of schedules has at most \(ScheduleFile.maximumBytes / 1024) KiB")
            return []
        }
        do throws(YAMLMistake) {
            return schedules(of: try YAMLDocument(text))
        } catch {
            note(error.line, error.reason)
            return []
        }
    }

    mutating func note(_ line: Int, _ reason: String) {
        mistakes.insert(.init(file: file, line: line, reason: reason))
    }

    private mutating func schedules(of document: YAMLDocument) -> [Schedule] {
        guard let root = document.root else {
            note(1, "the key `schedules` is missing")
            return []
        }
        guard let top = mapping(YAMLValue(node: root, document: document), of: "the file", keys: ["schedules"]),
            let list = required("schedules", of: top),
            let items = self.list(list, of: "schedules", maximumCount: ScheduleFile.maximumScheduleCount)
        else { return [] }
        return items.compactMap { schedule($0) }
    }
}

// MARK: - Values of a kind

extension ScheduleFileReader {
    /// What a mapping holds, by key.
    struct Fields {
        let line: Int
        let values: [String: YAMLValue]
    }

    /// The mapping `value`, whose keys are of `keys`.
    mutating func mapping(_ value: YAMLValue, of what: String, keys: [String]) -> Fields? {
        // With room for unknown ones, each of which is named.
        guard let pairs = pairs(value, of: what, maximumCount: keys.count + 50) else { return nil }
        var values: [String: YAMLValue] = [:]
        for (key, value) in pairs {
            if keys.contains(key.name) {
                values[key.name] = value
            } else {
                note(key.line, "unknown key `\(key.name)`" + suggestion(key.name, among: keys))
            }
        }
        return Fields(line: value.line, values: values)
    }

    /// The pairs of the mapping `value`.
    mutating func pairs(
        _ value: YAMLValue, of what: String, maximumCount: Int
    ) -> [(key: (name: String, line: Int), value: YAMLValue)]? {
        switch value.content {
        case .mapping(let pairs):
            var named: [(key: (name: String, line: Int), value: YAMLValue)] = []
            guard pairs.count <= maximumCount else {
                note(value.line, "\(what) has \(pairs.count) keys; at most \(maximumCount) are read")
                return nil
            }
            for (key, value) in pairs {
                guard case .text(let name) = key.content else {
                    note(key.line, "a key is a plain text")
                    continue
                }
                // Yams has found those that are written alike, but a key may be an alias.
                if named.contains(where: { $0.key.name == name }) {
                    note(key.line, "the key `\(name)` stands more than once in one mapping")
                }
                named.append(((name, key.line), value))
            }
            return named
        case .wrong(let reason): note(value.line, reason)
        case .null, .text, .list: note(value.line, "\(what) is a mapping, `key: value`")
        }
        return nil
    }

    /// The value under `key`, which has to be there.
    mutating func required(_ key: String, of fields: Fields) -> YAMLValue? {
        guard let value = fields.values[key] else {
            note(fields.line, "the key `\(key)` is missing")
            return nil
        }
        return value
    }

    /// The text or number `value`, not empty.
    mutating func text(_ value: YAMLValue, of what: String) -> String? {
        switch value.content {
        case .text(let text) where !text.isEmpty: return text
        case .wrong(let reason): note(value.line, reason)
        case .null, .text: note(value.line, "`\(what)` has no value")
        case .list, .mapping: note(value.line, "`\(what)` is a text")
        }
        return nil
    }

    /// The list `value`, of 1 to `maximumCount` items.
    mutating func list(_ value: YAMLValue, of what: String, maximumCount: Int) -> [YAMLValue]? {
        switch value.content {
        case .list(let items):
            if items.isEmpty {
                note(value.line, "`\(what)` is empty")
            } else if items.count > maximumCount {
                note(value.line, "`\(what)` has \(items.count) items; at most \(maximumCount) are allowed")
            } else {
                return items
            }
        case .wrong(let reason): note(value.line, reason)
        case .null: note(value.line, "`\(what)` has no value")
        case .text, .mapping: note(value.line, "`\(what)` is a list, `[a, b]`")
        }
        return nil
    }

    /// The list `value` of texts, none of which stands twice; those that are wrong are noted and left out.
    mutating func texts(_ value: YAMLValue, of what: String, maximumCount: Int) -> [(text: String, line: Int)]? {
        guard let items = list(value, of: what, maximumCount: maximumCount) else { return nil }
        var texts: [(text: String, line: Int)] = []
        for item in items {
            guard let text = text(item, of: what) else { continue }
            if texts.contains(where: { $0.text == text }) {
                note(item.line, "`\(text)` stands twice in `\(what)`")
            } else {
                texts.append((text, item.line))
            }
        }
        return texts
    }

    /// What `read` makes of the text `value`; the reason it throws is noted.
    mutating func parsed<Value>(
        _ value: YAMLValue, of what: String, _ read: (String) throws(ScheduleError) -> Value
    ) -> Value? {
        guard let text = text(value, of: what) else { return nil }
        do throws(ScheduleError) {
            return try read(text)
        } catch {
            note(value.line, "\(what): \(error.message)")
            return nil
        }
    }

    /// `; did you mean …?`, or what there is.
    func suggestion(_ word: String, among known: some Collection<String>) -> String {
        if let nearest = known.nearest(to: word) { return "; did you mean `\(nearest)`?" }
        guard !known.isEmpty, known.count <= 40 else { return "" }
        return "; known are " + known.sorted().joined(separator: ", ")
    }
}
