import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// A client that speaks HTTP without the SDK: it sends until it is answered with 201, to whichever replica, often more
/// than it has to, and several requests out of their order.
final class RawWriter: Sendable {
    private struct Answer: Decodable, Equatable {
        var accepted: Int
        var duplicates: Int
    }

    private struct State {
        var isFinishing = false
        var isFinished = false
        var answered: [(batch: RawBatch, answer: Answer)] = []
        var oddities: [String] = []
        var deliveryCount = 0
        var repetitionCount = 0
    }

    let name: String
    private let seed: UInt64
    private let replicas: Replicas
    private let journal: Journal
    private let state = Mutex(State())

    private static let laneCount = 3
    private static let memory = 50
    private static let attempts = 100
    private static let timeout = TimeAmount.seconds(8)

    init(name: String, seed: UInt64, replicas: Replicas, journal: Journal) {
        self.name = name
        self.seed = seed
        self.replicas = replicas
        self.journal = journal
    }

    /// Requests that were answered, those among them that repeated an earlier one, and answers that no service may give.
    var outcome: (deliveryCount: Int, repetitionCount: Int, oddities: [String]) {
        state.withLock { ($0.deliveryCount, $0.repetitionCount, $0.oddities) }
    }

    /// Whether ``run()`` has returned.
    var isFinished: Bool { state.withLock(\.isFinished) }

    /// Has ``run()`` return once what is under way is acknowledged.
    func finish() { state.withLock { $0.isFinishing = true } }

    /// Sends until told to finish.
    func run() async throws {
        journal.add(.began)
        try await withThrowingTaskGroup { group in
            for lane in 0..<Self.laneCount { group.addTask { try await self.work(lane) } }
            try await group.waitForAll()
        }
        journal.add(.ended)
        state.withLock { $0.isFinished = true }
    }

    /// Writes one batch, by itself, the events of which are of the time `now`, in microseconds since 1970.
    func write(at now: Int64) async throws {
        let number = state.withLock(\.deliveryCount)
        var generator = SeededGenerator(seed: seed, for: "\(name) \(number)")
        let batch = RawBatch(writer: name, number: number, at: now, using: &generator)
        journal.add(batch.names.map { .sent($0) })
        _ = try await deliver(batch, replicas.order(using: &generator), attempts: Self.attempts)
        journal.add(batch.names.map { .acknowledged($0) })
    }

    private func work(_ lane: Int) async throws {
        var generator = SeededGenerator(seed: seed, for: "\(name) \(lane)")
        var number = lane
        while !state.withLock(\.isFinishing) {
            try await Task.sleep(for: generator.duration(milliseconds: 100...900))
            let batch =
                generator.oneIn(8)
                ? RawBatch(nameless: name, number: number, using: &generator)
                : RawBatch(writer: name, number: number, using: &generator)
            number += Self.laneCount
            journal.add(batch.names.map { .sent($0) })
            let isDoubled = generator.oneIn(5)
            let order = replicas.order(using: &generator)
            async let twin: Answer? = isDoubled ? try await deliver(batch, order.reversed()) : nil
            let answer = try await deliver(batch, order)
            journal.add(batch.names.map { .acknowledged($0) })
            if let twin = try await twin { compare(twin, with: answer, of: batch) }
            if generator.oneIn(4) { try await repeatOne(using: &generator) }
            remember(batch, answer)
        }
    }

    /// Sends until the answer is 201.
    private func deliver(_ batch: RawBatch, _ order: [String], attempts: Int = .max) async throws -> Answer {
        for attempt in 0..<attempts {
            var request = HTTPClientRequest(url: order[attempt % order.count] + "/v1/events")
            request.method = .POST
            request.headers.add(name: "Authorization", value: "Bearer \(Replicas.token)")
            request.headers.add(name: "Content-Type", value: batch.contentType)
            if let key = batch.idempotencyKey { request.headers.add(name: "Idempotency-Key", value: key) }
            request.body = .bytes(ByteBuffer(bytes: batch.body))
            do {
                let response = try await Replicas.client.execute(request, timeout: Self.timeout)
                let body = try await response.body.collect(upTo: 1 << 20)
                if response.status == .created {
                    let answer = try JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView))
                    note(answer, of: batch)
                    return answer
                }
                if response.status != .serviceUnavailable {
                    throw FaultsError("\(response.status.code) \(String(buffer: body))")
                }
            } catch let error as FaultsError {
                state.withLock { $0.oddities.append("\(name) was answered \(error)") }
            } catch {
                try Task.checkCancellation()
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw FaultsError("\(name) is not answered with 201")
    }

    private func note(_ answer: Answer, of batch: RawBatch) {
        state.withLock { state in
            state.deliveryCount += 1
            if answer.accepted + answer.duplicates != batch.names.count {
                state.oddities.append("\(name) sent \(batch.names.count) events and was answered \(answer)")
            }
        }
    }

    /// The same request twice: under a key with the same answer, else the events are accepted once at most.
    private func compare(_ twin: Answer, with answer: Answer, of batch: RawBatch) {
        state.withLock { state in
            state.repetitionCount += 1
            if batch.idempotencyKey != nil {
                if twin != answer { state.oddities.append("\(name): one key was answered \(twin) and \(answer)") }
            } else if twin.accepted + answer.accepted > batch.names.count {
                state.oddities.append("\(name): one batch was accepted twice, \(twin) and \(answer)")
            }
        }
    }

    private func repeatOne(using generator: inout SeededGenerator) async throws {
        guard let (batch, first) = state.withLock({ $0.answered.randomElement(using: &generator) }) else { return }
        let again = try await deliver(batch, replicas.order(using: &generator))
        let expected = batch.idempotencyKey == nil ? Answer(accepted: 0, duplicates: batch.names.count) : first
        state.withLock { state in
            state.repetitionCount += 1
            if again != expected { state.oddities.append("\(name): a repeated batch was answered \(again)") }
        }
    }

    private func remember(_ batch: RawBatch, _ answer: Answer) {
        state.withLock { state in
            state.answered.append((batch, answer))
            if state.answered.count > Self.memory { state.answered.removeFirst() }
        }
    }
}
