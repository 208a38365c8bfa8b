package import WorkflowEvents

/// The arguments of a report, from what its caller gives.
package enum ReportArguments {
    /// The values that `texts` name, in any order, and the defaults of the parameters they leave out.
    ///
    /// A name may stand twice for a parameter of type `texts`, whose values are then taken together.
    ///
    /// - Parameter now: what a relative time (`24h`, `7d`) is reckoned back from.
    /// - Throws: ``ReportError`` `badArgument`: a name is unknown or stands twice, a text is not of its parameter's type,
    ///   or a required parameter has no value.
    package static func parse(
        _ texts: [(name: String, text: String)], for definition: ReportDefinition, now: Timestamp
    ) throws(ReportError) -> [String: ReportValue] {
        var arguments: [String: ReportValue] = [:]
        for (name, text) in texts {
            let parameter = try definition.parameter(name)
            guard let value = parameter.value(of: text, now: now) else {
                throw parameter.error(in: definition)
            }
            switch (arguments[name], value) {
            case (nil, _): arguments[name] = value
            case (.texts(let earlier), .texts(let later)): arguments[name] = .texts(earlier + later)
            default:
                throw ReportError(
                    .badArgument, "The parameter `\(name)` of report `\(definition.name)` is given twice.")
            }
        }
        return try complete(arguments, for: definition, now: now)
    }

    /// `arguments` once they are checked, with a value for every parameter: its default, or `null`, where none is given.
    ///
    /// - Throws: ``ReportError`` `badArgument`, as ``parse(_:for:now:)`` does.
    static func complete(
        _ arguments: [String: ReportValue], for definition: ReportDefinition, now: Timestamp
    ) throws(ReportError) -> [String: ReportValue] {
        for (name, value) in arguments.sorted(by: { $0.key < $1.key }) {
            let parameter = try definition.parameter(name)
            // As null it would say nothing, and the answer would be to another question.
            guard value.type == nil || parameter.accepts(value) else { throw parameter.error(in: definition) }
        }
        var complete: [String: ReportValue] = [:]
        for parameter in definition.parameters {
            let given = arguments[parameter.name] ?? .null
            let value = given == .null ? parameter.defaultValue(now: now) ?? .null : given
            if value == .null, parameter.isRequired {
                throw ReportError(
                    .badArgument,
                    "The report `\(definition.name)` needs a value for `\(parameter.name)`: \(parameter.summary)")
            }
            complete[parameter.name] = value
        }
        return complete
    }
}

extension ReportDefinition {
    fileprivate func parameter(_ name: String) throws(ReportError) -> Parameter {
        guard let parameter = parameters.first(where: { $0.name == name }) else {
            let known = parameters.map(\.name).joined(separator: ", ")
            let hint = known.isEmpty ? "it has none" : "there are \(known)"
            throw ReportError(.badArgument, "The report `\(self.name)` has no parameter `\(name)`; \(hint).")
        }
        return parameter
    }
}

extension ReportDefinition.Parameter {
    /// The name of the parameter that bounds the rows of an answer.
    static let limit = "limit"

    /// The value that `text` names; `nil` if it is none of this parameter's.
    package func value(of text: String, now: Timestamp) -> ReportValue? {
        guard let value = ReportValue(text, as: type, now: now), accepts(value) else { return nil }
        return value
    }

    /// Its default, a relative time reckoned back from `now`; `nil` without one.
    package func defaultValue(now: Timestamp) -> ReportValue? {
        defaultText.flatMap { value(of: $0, now: now) }
    }

    /// Whether `value` is of its type, and among its choices or in its range.
    func accepts(_ value: ReportValue) -> Bool {
        guard value.type == type else { return false }
        switch value {
        case .text(let text): return !text.utf8.contains(0) && (choices.isEmpty || choices.contains(text))
        case .texts(let texts): return !texts.contains { $0.utf8.contains(0) }
        case .integer(let number): return name != Self.limit || number > 0
        case .number(let number): return number.isFinite
        case .null, .boolean, .duration, .timestamp: return true
        }
    }

    /// What its values look like, in words: `must be one of hour, day`.
    package var form: String {
        switch type {
        case .text where !choices.isEmpty: "must be one of \(choices.joined(separator: ", "))"
        case .text, .texts: "must be text without a NUL character"
        case .integer: name == Self.limit ? "must be a whole number, 1 or more" : "must be a whole number of 64 bits"
        case .number: "must be a number as in 0.5"
        case .boolean: "must be true or false"
        case .timestamp: "must be a time as in 2025-11-18T12:00:00Z, a date, or how long ago, as in 90m, 24h or 7d"
        case .duration: "must be a length of time as in 90s, 15m, 24h, 7d or 2w"
        }
    }

    fileprivate func error(in definition: ReportDefinition) -> ReportError {
        ReportError(.badArgument, "The parameter `\(name)` of report `\(definition.name)` \(form).")
    }
}

extension ReportValue {
    /// The value of type `type` that `text` names, or `nil`.
    fileprivate init?(_ text: String, as type: ReportType, now: Timestamp) {
        let value: ReportValue? =
            switch type {
            case .text: .text(text)
            case .texts: .texts([text])
            case .integer: Int64(text).map(ReportValue.integer)
            // Double would take hexadecimal digits and `nan` as well.
            case .number:
                text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/).flatMap { Double($0.output.0) }
                    .map(ReportValue.number)
            case .boolean: Bool(text).map(ReportValue.boolean)
            case .timestamp: Timestamp(argument: text, now: now).map(ReportValue.timestamp)
            case .duration: TimeSpan(text).map(ReportValue.duration)
            }
        guard let value else { return nil }
        self = value
    }
}
