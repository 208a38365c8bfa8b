import Testing
import WorkflowEvents

@testable import WorkflowEventsPostgres

@Suite("What a lane takes while another writes ten events and three wait", .timeLimit(.minutes(1)))
struct BatchQueueTests {
    @Test("The three, after the time in which more might have joined them")
    func patience() async throws {
        let (pauses, pause) = AsyncStream.makeStream(of: CheckedContinuation<Void, Never>.self)
        try await withBusyLane {
            await withCheckedContinuation { _ = pause.yield($0) }
        } body: { queue, _, _ in
            async let group = queue.take()
            for await end in pauses {
                #expect(queue.waitingEventCount == 3)
                end.resume()
                break
            }
            #expect(await group?.eventCount == 3)
        }
    }

    @Test("Ten, at once when as many wait as the other writes")
    func joined() async throws {
        try await withBusyLane { queue, _, submit in
            async let group = queue.take()
            submit(7)
            #expect(await group?.eventCount == 10)
        }
    }

    @Test("The three, at once when the other has written")
    func written() async throws {
        try await withBusyLane { queue, busy, _ in
            async let group = queue.take()
            queue.finish(busy)
            #expect(await group?.eventCount == 3)
        }
    }

    @Test("The three, at once when the queue closes, and then nothing")
    func closed() async throws {
        try await withBusyLane { queue, _, _ in
            async let group = queue.take()
            queue.close()
            #expect(await group?.eventCount == 3)
            #expect(await queue.take() == nil)
        }
    }

    @Test("As many as fit one transaction, at once, though the other writes more; the rest is a third lane's")
    func full() async throws {
        try await withBusyLane(maximumBatchCount: 7) { queue, _, submit in
            async let second = queue.take()
            async let third = queue.take()
            submit(7)
            #expect(Set([await second?.eventCount, await third?.eventCount]) == [3, 7])
        }
    }

    /// Gives `body` the queue, the ten events that a lane writes, and what submits so many more.
    private func withBusyLane(
        maximumBatchCount: Int = 100,
        pause: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .seconds(3600)) },
        body: (BatchQueue, [BatchQueue.Entry], (Int) -> Void) async throws -> Void
    ) async throws {
        let bound = BatchLoad(eventCount: 100, byteCount: 1 << 20)
        let queue = BatchQueue(
            maximumWaiting: bound, maximumBatch: BatchLoad(eventCount: maximumBatchCount, byteCount: bound.byteCount),
            pause: pause)
        try await withThrowingTaskGroup(of: Void.self) { group in
            func submit(_ count: Int) {
                group.addTask { _ = try await queue.submit(AppendRequest(numberedEvents(count))) }
            }
            submit(10)
            let busy = try #require(await queue.take())
            #expect(busy.eventCount == 10)
            submit(3)
            while queue.waitingEventCount < 3, !Task.isCancelled { await Task.yield() }
            try await body(queue, busy, submit)
            queue.close()
            while await queue.take() != nil {}
            try await group.waitForAll()
        }
    }
}

extension BatchQueue {
    /// What a lane takes next, answered.
    fileprivate func take() async -> [Entry]? {
        let group = await next()
        for entry in group ?? [] { entry.reply.resume(returning: AppendResult()) }
        return group
    }
}

extension [BatchQueue.Entry] {
    fileprivate var eventCount: Int { reduce(0) { $0 + $1.load.eventCount } }
}
