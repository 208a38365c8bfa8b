public import ArgumentParser
public import WorkflowEvents
public import WorkflowEventsPostgres

extension Phase: ExpressibleByArgument {}
extension ListOrder: ExpressibleByArgument {}

/// Which events a command is about.
struct EventFilterOptions: ParsableArguments {
    @Option(name: .customLong("run-id"), help: "Only this run; repeat for several.")
    var runIDs: [String] = []

    @Option(name: .customLong("node"), help: "Only this node; repeat for several.")
    var nodes: [String] = []

    @Option(name: .customLong("phase"), help: "Only this phase; repeat for several.")
    var phases: [Phase] = []

    @Option(help: "Only events at or after this time: \(TimeArgument.help)")
    var since: TimeArgument?

    @Option(help: "Only events before this time.")
    var until: TimeArgument?

    @Flag(help: "Only events that carry issues.")
    var hasIssues = false

    @Option(help: "Only events of which an issue contains this text.")
    var text: String?

    var filter: EventFilter {
        EventFilter(
            runIDs: runIDs, nodes: nodes.map(Node.init(rawValue:)), phases: phases, since: since?.timestamp,
            until: until?.timestamp, hasIssues: hasIssues ? true : nil, text: text)
    }
}
