/// How the files of a schedule are named below its directory: `{schedule}/{date}-{report}.{extension}` unless set.
///
/// Between the placeholders stand ASCII letters, digits and `-_.+=@,`, and `/` between directories. No part of the path may
/// be empty, `.` or `..`, so a file cannot leave its directory.
package struct FileNameTemplate: Sendable, Hashable, CustomStringConvertible {
    /// What a template may name, in braces.
    package enum Placeholder: String, Sendable, Hashable, CaseIterable {
        /// The name of the schedule.
        case schedule
        /// The name of the report.
        case report
        /// The slot in UTC: `20251118T050000Z`.
        case slot
        /// The date of the slot on the clock of the schedule: `2025-11-18`.
        case date
        /// The time of the slot on that clock, with its offset from UTC, which tells the two hours apart when the clock is
        /// set back: `060000+0100`, and `060000Z` where there is no offset.
        case time
        /// The format: `markdown`.
        case format
        /// The ending that goes with the format, without the dot: `md`.
        case `extension`
    }

    enum Piece: Sendable, Hashable {
        case literal(String)
        case placeholder(Placeholder)
    }

    /// The template as it was written.
    package let text: String
    /// The parts of the path, each in pieces.
    let components: [[Piece]]

    /// The template of a delivery that names none.
    package static let standard = FileNameTemplate(
        text: "{schedule}/{date}-{report}.{extension}",
        components: [
            [.placeholder(.schedule)],
            [
                .placeholder(.date), .literal("-"), .placeholder(.report), .literal("."), .placeholder(.extension),
            ],
        ])

    private init(text: String, components: [[Piece]]) {
        self.text = text
        self.components = components
    }

    /// Reads a template of at most 512 bytes.
    ///
    /// - Throws: ``ScheduleError`` `badTemplate` that says what is wrong.
    package init(_ text: String) throws(ScheduleError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw ScheduleError(.badTemplate, "a file name template has at most \(Self.maximumBytes) bytes")
        }
        guard !text.hasPrefix("/") else {
            throw ScheduleError(.badTemplate, "`\(text)` is absolute; a file name begins below its directory")
        }
        self.text = text
        var components: [[Piece]] = []
        for component in text.split(separator: "/", omittingEmptySubsequences: false) {
            if component.isEmpty { throw ScheduleError(.badTemplate, "`\(text)` has an empty part") }
            if component == "." || component == ".." {
                throw ScheduleError(.badTemplate, "`\(text)` could leave its directory through `\(component)`")
            }
            components.append(try Self.pieces(of: component))
        }
        self.components = components
    }

    /// The template as it was written.
    package var description: String { text }

    /// Whether the names differ by what `placeholder` stands for.
    func contains(_ placeholder: Placeholder) -> Bool {
        components.contains { $0.contains(.placeholder(placeholder)) }
    }

    private static func pieces(of component: Substring) throws(ScheduleError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = component
        while let first = rest.first {
            if first == "{" {
                let name = rest.dropFirst().prefix { $0 != "}" }
                guard name.endIndex < rest.endIndex else {
                    throw ScheduleError(.badTemplate, "`\(rest)` has no closing brace")
                }
                guard let placeholder = Placeholder(rawValue: String(name)) else {
                    let known = Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: " ")
                    throw ScheduleError(.badTemplate, "`{\(name)}` is no placeholder; they are \(known)")
                }
                pieces.append(.placeholder(placeholder))
                rest = rest[name.endIndex...].dropFirst()
            } else {
                let literal = rest.prefix { isSafe($0) }
                guard !literal.isEmpty else {
                    throw ScheduleError(
                        .badTemplate, "`\(first)` may not stand in a file name; letters, digits and -_.+=@, may")
                }
                pieces.append(.literal(String(literal)))
                rest = rest[literal.endIndex...]
            }
        }
        return pieces
    }

    private static func isSafe(_ character: Character) -> Bool {
        guard let byte = character.asciiValue else { return false }
        return SafeName.allows(byte) || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "@")
            || byte == UInt8(ascii: ",")
    }

    private static let maximumBytes = 512
}
