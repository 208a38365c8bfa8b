import ArgumentParser
import LedgerReporting

/// Which reports there are.
struct ReportsDirectoryOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A directory of SQL files with reports of yours. (RUNLEDGER_REPORTS_DIR)", valueName: "directory"),
        completion: .directory)
    var reportsDir: String?

    /// The built-in reports and those of the directory that the flag, or where it says nothing `settings`, names, and
    /// what is wrong with others.
    func load(_ settings: Settings) throws -> ReportCatalogue.Loaded {
        try ReportCatalogue.load(directory: reportsDir ?? settings.reportsDirectory)
    }

    /// The reports that ``load(_:)`` finds; those that are wrong are told of.
    func catalogue(_ settings: Settings) throws -> ReportCatalogue {
        let loaded = try load(settings)
        for error in loaded.errors { Terminal.note("A report is left out: \(error.message)") }
        return loaded.catalogue
    }
}
