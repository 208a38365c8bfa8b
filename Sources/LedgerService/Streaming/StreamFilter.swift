import WorkflowEvents
package import WorkflowEventsPostgres

/// Which events a subscriber gets, in the form in which each event is looked at once a subscriber.
package struct StreamFilter: Sendable {
    /// The same for a query.
    let events: EventFilter
    private let runHashes: [Int]
    let isEverything: Bool

    /// What passes `events`: runs, nodes and phases; its other conditions are not looked at.
    package init(_ events: EventFilter) {
        self.events = events
        self.runHashes = events.runIDs.map(\.hashValue)
        self.isEverything = events.runIDs.isEmpty && events.nodes.isEmpty && events.phases.isEmpty
    }

    func matches(_ event: FrameBlock.Entry) -> Bool {
        (runHashes.isEmpty || runHashes.contains(event.runHash) && hasRun(event.runID))
            && (events.phases.isEmpty || events.phases.contains(event.phase))
            && (events.nodes.isEmpty || hasNode(event.node))
    }

    private func hasRun(_ id: String) -> Bool { events.runIDs.contains { $0.hasSameBytes(as: id) } }

    private func hasNode(_ node: Node) -> Bool {
        events.nodes.contains { $0.rawValue.hasSameBytes(as: node.rawValue) }
    }
}
