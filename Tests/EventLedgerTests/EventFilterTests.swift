import EventLedger
import LedgerTestSupport
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("A filter")
struct EventFilterTests {
    @Test("Passes the same events in a stream as in a list")
    func sameInBoth() async throws {
        let filters = [
            EventFilter(), EventFilter(runIDs: ["a", "d"]), EventFilter(nodes: [.fix], phases: [.end, .fail]),
            EventFilter(since: FixedRuns.time(40), until: FixedRuns.time(100)), EventFilter(hasIssues: true),
            EventFilter(phases: [.end], hasIssues: false), EventFilter(text: "BOO"), EventFilter(text: "nothing"),
        ]
        try await withTestLedger { ledger in
            try await ledger.withRepository { repository in
                _ = try await repository.append(FixedRuns.events)
                for filter in filters {
                    let listed = try await repository.events(filter, order: .ascending).elements.map(\.event)
                    #expect(listed == FixedRuns.events.filter { filter.matches($0) })
                }
            }
        }
    }

    @Test("Tells names apart by their bytes, as a list does")
    func bytes() async throws {
        let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
        let filters = [EventFilter(runIDs: [composed]), EventFilter(nodes: [Node(rawValue: decomposed)])]
        var events = numberedEvents(0..<4)
        for (event, name) in zip(events.indices, [composed, decomposed, composed, decomposed]) {
            events[event].runID = name
            events[event].node = Node(rawValue: name)
        }
        try await withTestLedger { ledger in
            try await ledger.withRepository { repository in
                _ = try await repository.append(events)
                for filter in filters {
                    let listed = try await repository.events(filter, order: .ascending).elements.map(\.event.id)
                    #expect(listed.count == 2)
                    #expect(listed == events.filter { filter.matches($0) }.map(\.id))
                }
            }
        }
    }
}
