import Synchronization
import Testing

@testable import LedgerService

@Suite("The head that many ask for", .timeLimit(.minutes(1)))
struct SharedHeadTests {
    @Test("Is read once for all who ask while the read before is on its way, after they have asked")
    func shared() async throws {
        let reads = Mutex<Int64>(0)
        let (begins, begin) = AsyncStream.makeStream(of: CheckedContinuation<Void, Never>.self)
        let head = SharedHead {
            await withCheckedContinuation { _ = begin.yield($0) }
            return reads.withLock { count in
                count += 1
                return count
            }
        }
        var reading = begins.makeAsyncIterator()
        async let first = head.position()
        let firstRead = await reading.next()
        try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<1000 { group.addTask { try await head.position() } }
            // The actor serves those who came before.
            while await head.waitingCount < 1000 { await Task.yield() }
            firstRead?.resume()
            let others = Task { for await read in begins { read.resume() } }
            for try await position in group { #expect(position == 2) }
            begin.finish()
            await others.value
        }
        #expect(try await first == 1)
        #expect(reads.withLock(\.self) == 2)
    }

    @Test("Is read anew after a read that failed")
    func failure() async throws {
        struct Failure: Error {}
        let reads = Mutex(0)
        let head = SharedHead {
            let isFirst = reads.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst { throw Failure() }
            return 7
        }
        await #expect(throws: Failure.self) { try await head.position() }
        #expect(try await head.position() == 7)
    }
}
