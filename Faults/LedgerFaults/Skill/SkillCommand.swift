import ArgumentParser
import Foundation
import Logging
import UnixSignals
import WorkflowEvents
import WorkflowEventsHTTP
import WorkflowEventsPostgres

/// A program with the SDK, for the faults to kill. SIGUSR1 has it emit thousands of events at once, SIGINT has it end as
/// programs do, SIGTERM has it end once everything is delivered.
struct SkillCommand: AsyncParsableCommand {
    enum Sink: String, ExpressibleByArgument {
        case postgres
        case http
    }

    static let configuration = CommandConfiguration(
        commandName: "skill", abstract: "Writes events through the SDK until it is told to end.", shouldDisplay: false)

    @Option(help: "Its name, with which its runs begin.")
    var name: String

    @Option(help: "What its sink is connected to.")
    var sink: Sink

    @Option(help: "Where that is.")
    var url: String

    @Option(help: "The directory of its spool.")
    var spool: String

    @Option(help: "The file of its journal.")
    var journal: String

    @Option(help: "The seed of what it does.")
    var seed: UInt64

    @Flag(help: "Every event goes to the spool before it counts as emitted.")
    var spoolFirst = false

    @Flag(help: "Buffer and spool are so small that events are dropped.")
    var tiny = false

    static let spoolAfter = Duration.milliseconds(500)
    static let maximumBatchCount = 300

    func run() async throws {
        let journal = try Journal(path: journal)
        journal.add(.began)
        let clock = SteppingClock()
        var logger = Logger(label: name)
        logger.logLevel = .notice
        var sinks: [SinkConfiguration] = [.sink(JournalSink(journal: journal)), durableSink]
        if spoolFirst { sinks.append(.sink(KeptSink(journal: journal))) }
        let emitter = try Emitter(
            configurations: sinks, service: name, clock: clock, logger: logger, flushDeadline: .seconds(1))
        guard let durable = emitter.sinks.compactMap({ $0 as? DurableSink }).first else {
            throw FaultsError("the skill has no durable sink")
        }
        let work = SkillWork(
            name: name, seed: seed, emitter: emitter, clock: clock, journal: journal, records: !tiny)
        let delivering = Task { await emitter.run() }
        let isDrained = await work.run(untilSignalled: durable)
        delivering.cancel()
        await delivering.value
        journal.add([.dropped(durable.status.droppedEventCount), .ended])
        guard isDrained else { throw ExitCode.failure }
    }

    private var durableSink: SinkConfiguration {
        var settings = DurableSink.Settings()
        settings.spoolDirectory = spool
        settings.mode = spoolFirst ? .spoolFirst : .memoryFirst
        settings.spoolAfter = Self.spoolAfter
        settings.maximumBatchCount = Self.maximumBatchCount
        settings.bufferBytes = tiny ? 128 << 10 : 16 << 20
        settings.spoolBytes = tiny ? 1 << 20 : 256 << 20
        switch sink {
        case .postgres: return .postgres(url, settings: settings)
        case .http: return .http(url, settings: settings)
        }
    }
}
