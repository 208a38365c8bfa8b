public import ArgumentParser
public import WorkflowEvents
public import WorkflowEventsPostgres

extension Phase: ExpressibleByArgument {}
extension ListOrder: ExpressibleByArgument {}

/// Which events a command is about.
struct EventFilterOptions: ParsableArguments {
    @Option(name: .customLong("run-id"), help: ArgumentHelp("Only this run; repeat for several.", valueName: "id"))
    var runIDs: [String] = []

    @Option(name: .customLong("node"), help: ArgumentHelp("Only this node; repeat for several.", valueName: "name"))
    var nodes: [String] = []

    @Option(name: .customLong("phase"), help: ArgumentHelp("Only this phase; repeat for several.", valueName: "phase"))
    var phases: [Phase] = []

    @Option(help: ArgumentHelp("Only events at or after this time: \(TimeArgument.help)", valueName: "time"))
    var since: TimeArgument?

    @Option(help: ArgumentHelp("Only events before this time.", valueName: "time"))
    var until: TimeArgument?

    @Flag(help: "Only events that carry issues.")
    var hasIssues = false

    @Option(help: "Only events of which an issue contains this text, in upper or lower case.")
    var text: String?

    var filter: EventFilter {
        EventFilter(
            runIDs: runIDs, nodes: nodes.map(Node.init(rawValue:)), phases: phases, since: since?.timestamp,
            until: until?.timestamp, hasIssues: hasIssues ? true : nil, text: text)
    }
}
