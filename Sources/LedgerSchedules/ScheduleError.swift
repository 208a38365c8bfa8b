/// Why a schedule was refused or a delivery failed.
package struct ScheduleError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Sendable, Hashable {
        /// A cron expression is malformed or never comes due.
        case badCron
        /// A text names no window.
        case badWindow
        /// A file-name template is malformed or could leave its directory.
        case badTemplate
        /// A file of schedules has the mistakes that ``ScheduleError/mistakes`` lists.
        case badFile
        /// A webhook's secret is empty or too long.
        case badSecret
        /// Something else has the name of a file to be delivered.
        case nameTaken
        /// Something on the way to a file to be delivered is no directory.
        case unsafePath
        /// The system refused to read or write a file.
        case fileSystem
    }

    package var code: Code
    /// What is wrong and what would be right; for `badFile` a line for each mistake.
    package var message: String
    /// The mistakes of a `badFile`, by line; empty for every other code.
    package var mistakes: [ScheduleFile.Mistake] = []

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// Whether the same may succeed later: true of `fileSystem` alone.
    package var isRetryable: Bool { code == .fileSystem }
}
