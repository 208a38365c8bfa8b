import ArgumentParser
import Foundation
import LedgerReporting
import LedgerScheduler
import LedgerSchedules
import LibPQ
import Logging
import WorkflowEvents
import WorkflowEventsPostgres

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Checks, lists and runs the reports that a service makes on schedule.",
        usage: """
            runledger schedule list [<options>]
            runledger schedule run <name> [<options>]
            runledger schedule check <file>
            """,
        discussion: """
            A file of schedules says which reports are made when, about which time, in which formats, and where they go. \
            `runledger serve --schedules <file>` makes and delivers them.

            Examples:
              runledger schedule check schedules.yaml
              runledger schedule list --schedules schedules.yaml
              runledger schedule run nightly --schedules schedules.yaml --at 2025-11-18
            """,
        subcommands: [List.self, Run.self, Check.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the schedules and when they come due next.",
            usage: "runledger schedule list [<options>]")

        @OptionGroup var options: ScheduleOptions

        @Option(help: "How to print them.")
        var format: OutputFormat = .table

        @OptionGroup var settingsFile: ConfigOption

        func run() async throws {
            let settings = try await Settings(file: settingsFile.config)
            let schedules = try options.load(try options.reports.catalogue(settings), settings)
            let now = Timestamp.now
            try Listing(schedules.map { UpcomingSchedule($0, after: now) }, envelope: "schedules").print(as: format)
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Makes and delivers the reports of one schedule now; exits 1 if something is not made or delivered.",
            usage: "runledger schedule run <name> [<options>]",
            discussion: """
                What was made of the slot before is not made again, but delivered where it has not been; what failed is \
                begun again. A delivery that may succeed later is left to a service that runs the schedule.
                """)

        @Argument(help: "The name of the schedule.")
        var name: String

        @Option(
            help: ArgumentHelp(
                "The slot to make, which the window is relative to: \(TimeArgument.help) (default: now)",
                valueName: "time"))
        var at: TimeArgument?

        @Option(help: "How to print what became of it.")
        var format: OutputFormat = .table

        @OptionGroup var options: ScheduleOptions
        @OptionGroup var database: DatabaseOptions

        func validate() throws {
            if let at, at.timestamp > .now { throw ValidationError("--at must not be in the future.") }
        }

        func run() async throws {
            let settings = try await database.settings()
            let catalogue = try options.reports.catalogue(settings)
            let schedules = try options.load(catalogue, settings)
            guard let schedule = schedules.first(where: { $0.name == name }) else {
                let known = schedules.map(\.name).joined(separator: ", ")
                throw CommandError("There is no schedule \(name); the schedules are \(known).")
            }
            let slot = (at?.timestamp ?? .now).wholeSecond
            try await interruptibly {
                let executions = try await database.withLedger { _, pool in
                    try await ReportScheduler(schedules, catalogue: catalogue, pool: pool, logger: .stderr)
                        .runOnce(schedule, at: slot)
                }
                try print(executions)
                try Self.check(executions)
            }
        }

        private func print(_ executions: [ReportExecution]) throws {
            switch format {
            case .json: try Terminal.write(data: Page(executions, limit: executions.count, position: \.id).json)
            case .ndjson:
                for execution in executions {
                    var json: [UInt8] = []
                    execution.appendJSON(to: &json)
                    try Terminal.write(data: json + [UInt8(ascii: "\n")])
                }
            case .table, .csv:
                try Listing(executions.flatMap(DeliveryLine.lines), envelope: "deliveries").print(as: format)
            }
        }

        private static func check(_ executions: [ReportExecution]) throws {
            let unmade = executions.count { $0.state != .made }
            let undelivered = executions.flatMap(\.deliveries).count { $0.state != .delivered }
            var faults: [String] = []
            if unmade > 0 { faults.append("\(unmade) of \(executions.count) reports not made") }
            if undelivered > 0 { faults.append("\(undelivered) not delivered") }
            if !faults.isEmpty { throw CommandError(faults.joined(separator: ", ") + ".") }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Names every mistake of a file of schedules with its line; exits 1 if there is one.",
            usage: "runledger schedule check <file> [<options>]")

        @Argument(help: "The file of schedules.", completion: .file())
        var file: String

        @OptionGroup var reports: ReportsDirectoryOption

        @OptionGroup var settingsFile: ConfigOption

        func run() async throws {
            let catalogue = try reports.catalogue(try await Settings(file: settingsFile.config))
            let mistakes: [ScheduleFile.Mistake]
            do {
                let count = try ScheduleFile(path: file, catalogue: catalogue).schedules.count
                Terminal.note("\(file) is right: \(count) \(count == 1 ? "schedule" : "schedules").")
                return
            } catch {
                if error.mistakes.isEmpty { throw error }
                mistakes = error.mistakes
            }
            for mistake in mistakes { try Terminal.write("\(mistake)\n") }
            throw CommandError("\(file) has \(mistakes.count == 1 ? "a mistake" : "\(mistakes.count) mistakes").")
        }
    }
}

/// A schedule and its next slots.
private struct UpcomingSchedule: TableRow {
    let schedule: Schedule
    let slots: [Timestamp]

    private static let slotCount = 3

    init(_ schedule: Schedule, after now: Timestamp) {
        self.schedule = schedule
        self.slots = Array(
            schedule.cron.slots(after: now, through: Timestamp.rfc3339Range.upperBound, in: schedule.timeZone)
                .prefix(Self.slotCount))
    }

    static var columns: [ReportDefinition.Column] {
        [
            .init(name: "name", type: .text), .init(name: "reports", type: .texts), .init(name: "cron", type: .text),
            .init(name: "time_zone", type: .text), .init(name: "next", type: .timestamp),
            .init(name: "second", type: .timestamp), .init(name: "third", type: .timestamp),
        ]
    }

    var cells: [ReportValue] {
        let times = slots.map(ReportValue.timestamp) + Array(repeating: .null, count: Self.slotCount - slots.count)
        return [
            .text(schedule.name), .texts(schedule.reports), .text(schedule.cron.text),
            // As Foundation calls UTC.
            .text(schedule.timeZone == .gmt ? "UTC" : schedule.timeZone.identifier),
        ] + times
    }
}

/// What became of a report in one format at one place, or of one that was not made.
private struct DeliveryLine: TableRow {
    let execution: ReportExecution
    let delivery: ReportExecution.Delivery?

    static func lines(of execution: ReportExecution) -> [DeliveryLine] {
        guard !execution.deliveries.isEmpty else { return [DeliveryLine(execution: execution, delivery: nil)] }
        return execution.deliveries.map { DeliveryLine(execution: execution, delivery: $0) }
    }

    static var columns: [ReportDefinition.Column] {
        [
            .init(name: "report", type: .text), .init(name: "slot", type: .timestamp),
            .init(name: "rows", type: .integer), .init(name: "as_of_position", type: .integer),
            .init(name: "format", type: .text), .init(name: "target", type: .text), .init(name: "state", type: .text),
            .init(name: "error", type: .text),
        ]
    }

    var cells: [ReportValue] {
        [
            .text(execution.report), .timestamp(execution.slot),
            execution.rowCount.map { .integer(Int64($0)) } ?? .null,
            execution.asOfPosition.map { .integer($0) } ?? .null,
            delivery.map { .text($0.format) } ?? .null, delivery.map { .text($0.target) } ?? .null,
            .text(delivery?.state.rawValue ?? execution.state.rawValue),
            (delivery.map(\.error) ?? execution.error).map { .text($0) } ?? .null,
        ]
    }
}

extension Timestamp {
    /// The time without its fraction of a second, as slots are.
    fileprivate var wholeSecond: Timestamp {
        let second = Self.flooredDivision(Int(microsecondsSince1970), 1_000_000).quotient
        return Timestamp(microsecondsSince1970: Int64(second) * 1_000_000)
    }
}
