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
}
