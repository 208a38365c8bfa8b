import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Reading events, runs and executions")
struct EventRepositoryTests {
    @Test("Conditions of one field are alternatives, and different fields must all hold")
    func filters() async throws {
        try await withFixedRuns { repository async throws in
            func positions(_ filter: EventFilter) async throws -> [Int64] {
                try await repository.events(filter, order: .ascending).elements.map(\.position)
            }
            #expect(try await positions(EventFilter()) == Array(1...20))
            #expect(try await positions(EventFilter(runIDs: ["a", "d"])) == [1, 2, 3, 4, 12, 13, 14])
            #expect(try await positions(EventFilter(nodes: [.fix, .style])) == [7, 8, 11, 15, 16, 17, 18])
            #expect(try await positions(EventFilter(nodes: [.fix, .style], phases: [.fail, .end])) == [8, 17, 18])
            #expect(try await positions(EventFilter(since: FixedRuns.time(100))) == [18, 19, 20])
            #expect(try await positions(EventFilter(since: FixedRuns.time(40), until: FixedRuns.time(42))) == [6, 7])
            #expect(try await positions(EventFilter(hasIssues: true)) == [2, 6, 10, 18, 20])
            #expect(try await positions(EventFilter(runIDs: ["b"], hasIssues: false)) == [5, 7, 8])
            #expect(try await positions(EventFilter(text: "BOO")) == [6])
            #expect(try await positions(EventFilter(text: "%")) == [])
            #expect(try await positions(EventFilter(runIDs: ["no such run"])) == [])
        }
    }

    @Test("Text is found whatever its case, beyond ASCII too")
    func caselessText() async throws {
        try await withTestLedger { ledger in
            try await ledger.withRepository { repository in
                try await repository.create(
                    WorkflowEvent(runID: "r", node: .lyrics, phase: .end, issues: ["ok", "Überlänge im Refrain"]))
                let found = try await repository.events(EventFilter(text: "üBERLÄNGE"))
                #expect(found.elements.count == 1)
            }
        }
    }

    @Test("Pages hold every event once while others arrive, forwards and backwards", arguments: ListOrder.allCases)
    func paging(order: ListOrder) async throws {
        try await withFixedRuns { repository in
            var positions: [Int64] = []
            var cursor: Int64?
            var arrivals = 0
            repeat {
                let page = try await repository.events(order: order, limit: 7, after: cursor)
                positions += page.elements.map(\.position)
                cursor = page.nextCursor
                if arrivals < 2 {
                    arrivals += 1
                    _ = try await repository.append(numberedEvents(3, runID: "new-\(arrivals)"))
                }
            } while cursor != nil
            #expect(positions == (order == .ascending ? Array(1...26) : Array((1...20).reversed())))
        }
    }

    @Test("There is nothing behind the last position that there could be", arguments: [20, 21, Int64.max - 1, .max])
    func behindTheEnd(cursor: Int64) async throws {
        try await withFixedRuns { repository in
            let page = try await repository.events(order: .ascending, after: cursor)
            #expect(page.elements.isEmpty && page.nextCursor == nil)
        }
    }

    @Test("A page that ends in the middle of a batch is continued there, with filters too")
    func pagingWithFilter() async throws {
        try await withTestLedger { ledger in
            try await ledger.withRepository { repository in
                for number in 0..<4 { _ = try await repository.append(numberedEvents(50, runID: "r\(number % 2)")) }
                for order in ListOrder.allCases {
                    var positions: [Int64] = []
                    var cursor: Int64?
                    repeat {
                        let page = try await repository.events(
                            EventFilter(runIDs: ["r0"]), order: order, limit: 9, after: cursor)
                        positions += page.elements.map(\.position)
                        cursor = page.nextCursor
                    } while cursor != nil
                    #expect(positions.sorted() == Array(1...50) + Array(101...150))
                    #expect(positions == (order == .ascending ? positions.sorted() : positions.sorted().reversed()))
                }
            }
        }
    }

    @Test("Each run has its status, its counts and its times, newest first")
    func runs() async throws {
        try await withFixedRuns { repository in
            let runs = try await repository.runs().elements
            #expect(runs.map(\.runID) == ["f", "e", "d", "c", "b", "a"])
            #expect(runs.map(\.status) == [.failed, .failed, .idle, .running, .failed, .completed])
            #expect(runs.map(\.nodesDone) == [0, 0, 2, 1, 1, 2])
            #expect(runs.map(\.executionCount) == [1, 2, 2, 2, 2, 2])
            #expect(runs.map(\.failureCount) == [1, 1, 0, 0, 1, 0])
            #expect(runs.map(\.issueCount) == [0, 1, 0, 2, 2, 1])
            #expect(runs.map(\.eventCount) == [1, 4, 3, 3, 4, 4])
            #expect(runs.map(\.firstPosition) == [19, 15, 12, 9, 5, 1])
            #expect(runs.map(\.firstTS) == [110, 70, 60, 50, 30, 0].map(FixedRuns.time))
            #expect(runs.map(\.lastTS) == [110, 100, 65, 52, 42, 20].map(FixedRuns.time))
        }
    }

    @Test("Runs are filtered by status, node and time, and paged")
    func runFilters() async throws {
        try await withFixedRuns { repository in
            func names(_ filter: RunFilter) async throws -> [String] {
                try await repository.runs(filter).elements.map(\.runID)
            }
            #expect(try await names(RunFilter(status: .failed)) == ["f", "e", "b"])
            #expect(try await names(RunFilter(node: .style)) == ["c", "b"])
            #expect(try await names(RunFilter(status: .failed, node: .plan)) == ["f"])
            #expect(try await names(RunFilter(since: FixedRuns.time(65))) == ["f", "e", "d"])
            #expect(try await names(RunFilter(until: FixedRuns.time(30))) == ["a"])

            let first = try await repository.runs(limit: 4)
            #expect(first.elements.map(\.runID) == ["f", "e", "d", "c"])
            _ = try await repository.append(numberedEvents(1, runID: "new"))
            let second = try await repository.runs(limit: 4, after: first.nextCursor)
            #expect(second.elements.map(\.runID) == ["b", "a"])
            #expect(second.nextCursor == nil)

            #expect(try await repository.run("d")?.status == .idle)
            #expect(try await repository.run("no such run") == nil)
            #expect(try await repository.run("runledger:tests") == nil)
        }
    }

    @Test("Without execution ids an end closes the earliest open start, and one without a start stands alone")
    func pairing() async throws {
        try await withFixedRuns { repository in
            let overlapping = try await repository.executions(runID: "e")
            #expect(overlapping.map(\.startedAt) == [70, 80].map(FixedRuns.time))
            #expect(overlapping.map(\.endedAt) == [85, 100].map(FixedRuns.time))
            #expect(overlapping.map(\.phase) == [.end, .fail])
            #expect(overlapping.map(\.durationMS) == [15_000, 20_000])
            #expect(overlapping.map(\.issues) == [[], ["x"]])

            let lone = try await repository.executions(runID: "d")
            #expect(lone.map(\.node) == [.lyrics, .plan])
            #expect(lone.map(\.startedAt) == [60, 63].map(FixedRuns.time))

            let open = try await repository.executions(runID: "c")
            #expect(open.map(\.phase) == [.end, .start])
            #expect(open.map(\.endedAt) == [FixedRuns.time(51), nil])
            #expect(open.map(\.durationMS) == [200, nil])
            #expect(try await repository.executions(runID: "no such run") == [])
        }
    }

    @Test("With execution ids an end closes its own start")
    func pairingByID() async throws {
        try await withTestLedger { ledger in
            let (one, two) = (UUIDv7.next(), UUIDv7.next())
            func event(_ seconds: Int64, _ phase: Phase, _ id: WorkflowEvent.ID) -> WorkflowEvent {
                WorkflowEvent(
                    ts: .noon(seconds), runID: "r", node: .compose, phase: phase, metrics: ["at": MetricValue(seconds)],
                    executionID: id)
            }
            try await ledger.withRepository { repository in
                _ = try await repository.append([
                    event(0, .start, one), event(1, .start, two), event(2, .end, two), event(3, .fail, one),
                ])
                let executions = try await repository.executions(runID: "r")
                #expect(executions.map(\.executionID) == [one, two])
                #expect(executions.map(\.phase) == [.fail, .end])
                #expect(executions.map(\.endedAt) == [3, 2].map { .noon($0) })
                #expect(executions.map(\.metrics) == [["at": 3], ["at": 2]])
                // The latest execution is the one that started last, and it ended.
                let run = try await repository.run("r")
                #expect(run?.status == .idle)
                #expect(run?.nodesDone == 1)
            }
        }
    }
}

/// Gives `body` a repository of a ledger that holds ``FixedRuns``.
private func withFixedRuns(_ body: (EventRepository) async throws -> Void) async throws {
    try await withTestLedger { ledger in
        try await ledger.withRepository { repository in
            _ = try await repository.append(FixedRuns.events)
            try await body(repository)
        }
    }
}
