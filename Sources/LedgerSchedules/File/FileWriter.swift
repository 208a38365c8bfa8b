/// A schedule that writes files into a directory, and what its files differ by.
struct FileWriter {
    /// What all the directories of a schedule have in common.
    struct Kind {
        var schedule: String
        var reports: [String]
        var formatCount: Int
        var isAtMostOnceADay: Bool
    }

    var kind: Kind
    var directory: String
    var template: FileNameTemplate

    /// Why two of its files would have the same name; `nil` if all names differ.
    var ambiguity: String? {
        let isDistinctInTime =
            template.contains(.slot)
            || template.contains(.date) && (kind.isAtMostOnceADay || template.contains(.time))
        if !isDistinctInTime {
            return kind.isAtMostOnceADay
                ? "add {date} or {slot}, else every slot writes the same file"
                : "add {slot}, or {date} and {time}, else several slots of a day write the same file"
        }
        if kind.reports.count > 1, !template.contains(.report) {
            return "add {report}, else all reports of the schedule are the same file"
        }
        if kind.formatCount > 1, !template.contains(.extension), !template.contains(.format) {
            return "add {extension} or {format}, else all formats of a report are the same file"
        }
        return nil
    }

    /// Whether both would write files of the same names.
    func collides(with other: FileWriter) -> Bool {
        guard directory == other.directory, template == other.template else { return false }
        if kind.schedule == other.kind.schedule { return true }
        return !template.contains(.schedule)
            && (!template.contains(.report) || !Set(kind.reports).isDisjoint(with: other.kind.reports))
    }
}
