import Foundation
import LedgerReporting
import WorkflowEvents

extension FileNameTemplate {
    /// The path of the file of `artifact`, relative to the directory: `nightly/2025-11-18-failures.html`.
    ///
    /// What a placeholder stands for is written in ASCII letters, digits and `-_.+`, everything else as `%` and two
    /// hexadecimal digits a byte, a dot at its beginning too.
    ///
    /// - Throws: ``ScheduleError`` `badTemplate` if a part is longer than the 255 bytes of a file name.
    package func path(of artifact: Artifact) throws(ScheduleError) -> String {
        try parts(of: artifact).joined(separator: "/")
    }

    /// The parts of the path: directories and, last, the file.
    func parts(of artifact: Artifact) throws(ScheduleError) -> [String] {
        var parts: [String] = []
        for component in components {
            let part = component.map { piece in
                switch piece {
                case .literal(let text): text
                case .placeholder(let placeholder): SafeName.escaped(placeholder.value(of: artifact))
                }
            }.joined()
            guard part.utf8.count <= 255 else {
                throw ScheduleError(.badTemplate, "`\(text)` makes a file name longer than 255 bytes: `\(part)`")
            }
            parts.append(part)
        }
        return parts
    }
}

extension FileNameTemplate.Placeholder {
    fileprivate func value(of artifact: Artifact) -> String {
        switch self {
        case .schedule: artifact.schedule
        case .report: artifact.report
        case .slot: artifact.slot.compact
        case .date: artifact.slot.localDate(in: artifact.timeZone)
        case .time: artifact.slot.localTime(in: artifact.timeZone)
        case .format: artifact.format.rawValue
        case .extension: artifact.format.fileExtension
        }
    }
}

extension Timestamp {
    /// The second in UTC, in ISO 8601's basic format: `20251118T050000Z`.
    fileprivate var compact: String {
        localDate(in: .gmt).replacing("-", with: "") + "T" + localTime(in: .gmt)
    }

    /// `2025-11-18`
    fileprivate func localDate(in zone: TimeZone) -> String {
        let days = Self.flooredDivision(zone.localTime(at: second), 86_400).quotient
        let (year, month, day) = Self.civil(daysSince1970: days)
        return "\(Self.digits(year, 4))-\(Self.digits(month))-\(Self.digits(day))"
    }

    /// `060000+0100`; `Z` for no offset.
    fileprivate func localTime(in zone: TimeZone) -> String {
        let local = zone.localTime(at: second)
        let time = Self.flooredDivision(local, 86_400).remainder
        let offset = (local - second) / 60
        let hours = Self.digits(time / 3600) + Self.digits(time / 60 % 60) + Self.digits(time % 60)
        guard offset != 0 else { return hours + "Z" }
        return hours + (offset < 0 ? "-" : "+") + Self.digits(abs(offset) / 60) + Self.digits(abs(offset) % 60)
    }

    private var second: Int {
        Self.flooredDivision(Int(microsecondsSince1970), 1_000_000).quotient
    }

    private static func digits(_ number: Int, _ count: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
