/// Why a report was not made.
package struct ReportError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Sendable, Hashable {
        /// No report has this name.
        case unknownReport
        /// An argument is missing, unknown, or not of its parameter's type.
        case badArgument
        /// A report's file is wrong.
        case badDefinition
        /// The directory of the user's reports cannot be read.
        case badDirectory
        /// The position asked for is not in the ledger.
        case badPosition
        /// The query took too long.
        case tookTooLong
        /// The query failed.
        case failed
        /// A manifest is wrong.
        case badManifest
    }

    package var code: Code
    /// What happened and what to do.
    package var message: String
    /// The file that is wrong, where that is what is; its line, counted from 1, and the reason.
    package var place: (file: String, line: Int, reason: String)?

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `file` is wrong at `line`.
    static func badDefinition(_ file: String, _ line: Int, _ reason: String) -> ReportError {
        var error = ReportError(.badDefinition, "\(file):\(line): \(reason)")
        error.place = (file, line, reason)
        return error
    }

    package var description: String { message }
}
