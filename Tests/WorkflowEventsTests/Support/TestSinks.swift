import Synchronization
import WorkflowEvents

/// A durable sink that refuses whatever it is asked to record.
struct UnavailableSink: EventSink {
    var error = RecordError(.unavailable, "The destination is away.")
    var isDurable: Bool { true }
    func emit(_ event: WorkflowEvent) {}
    func record(_ event: WorkflowEvent) async throws { throw error }
}

/// A durable sink that commits what it recorded when the test says so.
final class GatedSink: EventSink {
    private let opened = AsyncStream<Void>.makeStream()
    private let committed = Mutex<[WorkflowEvent]>([])

    var events: [WorkflowEvent] { committed.withLock { $0 } }
    var isDurable: Bool { true }

    func open() { opened.continuation.finish() }
    func emit(_ event: WorkflowEvent) {}

    func record(_ event: WorkflowEvent) async throws {
        for await _ in opened.stream {}
        committed.withLock { $0.append(event) }
    }
}

/// A sink that delivers only when it is flushed, as one with a buffer does.
final class BufferingSink: EventSink {
    private struct State {
        var buffered: [WorkflowEvent] = []
        var delivered: [WorkflowEvent] = []
        var wasStopped = false
    }

    private let state = Mutex(State())

    var delivered: [WorkflowEvent] { state.withLock { $0.delivered } }
    /// Whether an event came after the sink had been told to stop.
    var lost: [WorkflowEvent] { state.withLock { $0.wasStopped ? $0.buffered : [] } }

    func emit(_ event: WorkflowEvent) {
        state.withLock { $0.buffered.append(event) }
    }

    func run() async throws {
        for await _ in AsyncStream<Void>.makeStream().stream {}
        await flush()
        state.withLock { $0.wasStopped = true }
    }

    func flush() async {
        state.withLock { state in
            state.delivered += state.buffered
            state.buffered = []
        }
    }
}
