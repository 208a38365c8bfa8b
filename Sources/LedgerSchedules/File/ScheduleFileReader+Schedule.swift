import Foundation
import LedgerReporting
import WorkflowEvents

extension ScheduleFileReader {
    private static let keys = [
        "name", "report", "reports", "parameters", "cron", "time_zone", "window", "formats", "catch_up", "deliveries",
    ]

    /// One schedule; `nil` if something is missing without which there is none.
    mutating func schedule(_ value: YAMLValue) -> Schedule? {
        guard let fields = mapping(value, of: "a schedule", keys: Self.keys) else { return nil }
        let values = fields.values
        let name = required("name", of: fields).flatMap { self.name($0) }
        let reports = self.reports(of: fields)
        let window = values["window"].map { self.window($0, of: reports) } ?? .all
        let bounds: Set = window == .all ? [] : ["since", "until"]
        let parameters = values["parameters"].map { self.parameters($0, of: reports, besideWindow: bounds) }
        let given = bounds.union((parameters ?? [:]).keys)
        for report in reports {
            for parameter in self.reports[report] ?? [] where parameter.isRequired && !given.contains(parameter.name) {
                note(fields.line, "the report `\(report)` needs the parameter `\(parameter.name)`")
            }
        }
        let cron = required("cron", of: fields).flatMap { value in
            parsed(value, of: "cron") { text throws(ScheduleError) in try CronExpression(text) }
        }
        let timeZone = values["time_zone"].map { self.timeZone($0) } ?? .gmt
        let formats = values["formats"].map { self.formats($0) } ?? [.html]
        let catchUp = values["catch_up"].map { self.catchUp($0) } ?? .latest
        let kind = FileWriter.Kind(
            schedule: name ?? "", reports: reports, formatCount: formats.count,
            isAtMostOnceADay: cron?.isAtMostOnceADay ?? true)
        let deliveries = required("deliveries", of: fields).map { self.deliveries($0, of: kind) }
        guard let name, let cron, let timeZone, let window, let catchUp, let deliveries else { return nil }
        return Schedule(
            name: name, reports: reports, parameters: parameters ?? [:], cron: cron, timeZone: timeZone, window: window,
            formats: formats.compactMap(\.self), catchUp: catchUp, deliveries: deliveries)
    }

    private mutating func name(_ value: YAMLValue) -> String? {
        guard let name = text(value, of: "name") else { return nil }
        guard name.utf8.count <= ScheduleFile.maximumNameBytes, name.wholeMatch(of: /[a-z0-9-]+/) != nil else {
            note(
                value.line,
                "`\(name)` is no name; a name has 1 to \(ScheduleFile.maximumNameBytes) lower-case letters, digits and "
                    + "hyphens")
            return nil
        }
        if let line = linesByName[name] {
            note(value.line, "the name `\(name)` is taken by the schedule on line \(line)")
        } else {
            linesByName[name] = value.line
        }
        return name
    }

    private mutating func reports(of fields: Fields) -> [String] {
        var names: [(text: String, line: Int)] = []
        switch (fields.values["report"], fields.values["reports"]) {
        case (nil, nil):
            note(fields.line, "the key `report`, or `reports` for several, is missing")
        case (_?, let several?):
            note(several.line, "`report` and `reports` exclude each other")
        case (let single?, nil):
            if let name = text(single, of: "report") { names = [(name, single.line)] }
        case (nil, let several?):
            names = texts(several, of: "reports", maximumCount: ScheduleFile.maximumReportCount) ?? []
        }
        for (name, line) in names where reports[name] == nil {
            note(line, "there is no report `\(name)`" + suggestion(name, among: reports.keys))
        }
        return names.map(\.text)
    }

    private mutating func parameters(
        _ value: YAMLValue, of reports: [String], besideWindow bounds: Set<String>
    ) -> [String: String] {
        let pairs = pairs(value, of: "`parameters`", maximumCount: ScheduleFile.maximumParameterCount) ?? []
        var parameters: [String: String] = [:]
        for (key, value) in pairs {
            if bounds.contains(key.name) {
                note(key.line, "`\(key.name)` is set by the window; leave out the one or the other")
            }
            guard let text = text(value, of: key.name) else { continue }
            for report in reports {
                guard let known = self.reports[report] else { continue }
                guard let parameter = known.first(where: { $0.name == key.name }) else {
                    note(
                        key.line,
                        "the report `\(report)` has no parameter `\(key.name)`"
                            + suggestion(key.name, among: known.map(\.name)))
                    continue
                }
                // Whether a time is one does not depend on the slot that it will be reckoned back from.
                if parameter.value(of: text, now: .now) == nil {
                    note(value.line, "`\(key.name)` of the report `\(report)` \(parameter.form), not `\(text)`")
                }
            }
            parameters[key.name] = text
        }
        return parameters
    }

    private mutating func timeZone(_ value: YAMLValue) -> TimeZone? {
        guard let name = text(value, of: "time_zone") else { return nil }
        // Foundation would take GMT+3 for a zone, and a path for a file.
        if name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_\/+-]*/) != nil, name.firstMatch(of: /^GMT[+-]/) == nil,
            let timeZone = TimeZone(identifier: name)
        {
            return timeZone
        }
        let nearest = TimeZone.knownTimeZoneIdentifiers.nearest(to: name).map { "; did you mean `\($0)`?" }
        note(
            value.line,
            "`\(name)` is no time zone" + (nearest ?? "; one is named as in the tz database: UTC, Europe/Zurich"))
        return nil
    }

    private mutating func window(_ value: YAMLValue, of reports: [String]) -> ReportWindow? {
        let window = parsed(value, of: "window") { text throws(ScheduleError) in try ReportWindow(text) }
        guard let window, window != .all else { return window }
        for report in reports {
            guard let known = self.reports[report] else { continue }
            for name in ["since", "until"] where !known.contains(where: { $0.name == name && $0.type == .timestamp }) {
                note(value.line, "the report `\(report)` has no parameter `\(name)` that a window could set")
            }
        }
        return window
    }

    /// The formats that `value` names, `nil` for each that is none.
    private mutating func formats(_ value: YAMLValue) -> [ReportFormat?] {
        let names = texts(value, of: "formats", maximumCount: ReportFormat.allCases.count) ?? []
        return names.map { name, line in
            let format = ReportFormat(rawValue: name)
            if format == nil {
                note(line, "`\(name)` is no format" + suggestion(name, among: ReportFormat.allCases.map(\.rawValue)))
            }
            return format
        }
    }

    private mutating func catchUp(_ value: YAMLValue) -> CatchUp? {
        guard let text = text(value, of: "catch_up") else { return nil }
        guard let catchUp = CatchUp(rawValue: text) else {
            note(value.line, "`\(text)` is no way to catch up; the ways are all, latest and none")
            return nil
        }
        return catchUp
    }
}
