import ArgumentParser
import Foundation
import LedgerReporting
import LedgerSchedules

/// Which schedules there are.
struct ScheduleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The file of schedules. (RUNLEDGER_SCHEDULES_FILE)", valueName: "file"), completion: .file())
    var schedules: String?

    @OptionGroup var reports: ReportsDirectoryOption

    /// The schedules of the file that the flag, or where it says nothing `settings`, names.
    ///
    /// - Throws: ``CommandError`` if none is named; ``ScheduleError`` with the mistakes of the file.
    func load(_ catalogue: ReportCatalogue, _ settings: Settings) throws -> [Schedule] {
        guard let path = schedules ?? settings.schedulesFile else {
            throw CommandError("Name the file of schedules with --schedules or RUNLEDGER_SCHEDULES_FILE.")
        }
        return try ScheduleFile(path: path, catalogue: catalogue).schedules
    }
}
