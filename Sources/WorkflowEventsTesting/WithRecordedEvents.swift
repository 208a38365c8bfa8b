public import WorkflowEvents

/// Runs `body` with a recording sink as the only sink of the default emitter.
///
/// The default is that of the calling task and its children, so tests that run side by side do not see each other's
/// events. Code that starts detached tasks or threads of its own takes an emitter as an argument instead:
/// `Emitter(sinks: [RecordingSink()])`.
///
/// ```swift
/// @Test func countsLines() throws {
///     try withRecordedEvents { sink in
///         try generateLyrics(runID: "test-123", input: input)
///         #expect(sink.phases == [.start, .end])
///     }
/// }
/// ```
///
/// - Parameters:
///   - service: what the events call the program.
///   - clock: the system's clocks unless given; see ``ManualClock``.
///   - ids: UUIDv7 unless given; see ``SequentialIDs``.
///   - body: the test, which is given the sink.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws.
public func withRecordedEvents<Success, Failure: Error>(
    service: String = "test",
    clock: any EventClock = SystemEventClock(),
    ids: any EventIDSource = UUIDv7Source(),
    _ body: (RecordingSink) throws(Failure) -> Success
) throws(Failure) -> Success {
    let sink = RecordingSink()
    let emitter = Emitter(sinks: [sink], service: service, clock: clock, ids: ids)
    // `withValue` would lose the error's type, so no error passes through it.
    return try Emitter.$taskDefault.withValue(emitter) { () -> Result<Success, Failure> in
        do throws(Failure) { return .success(try body(sink)) } catch { return .failure(error) }
    }.get()
}

/// Runs an asynchronous `body` with a recording sink as the only sink of the default emitter.
///
/// Everything said of the synchronous form holds.
///
/// - Parameters:
///   - service: what the events call the program.
///   - clock: the system's clocks unless given; see ``ManualClock``.
///   - ids: UUIDv7 unless given; see ``SequentialIDs``.
///   - body: the test, which is given the sink.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws.
public nonisolated(nonsending) func withRecordedEvents<Success, Failure: Error>(
    service: String = "test",
    clock: any EventClock = SystemEventClock(),
    ids: any EventIDSource = UUIDv7Source(),
    _ body: nonisolated(nonsending) (RecordingSink) async throws(Failure) -> Success
) async throws(Failure) -> Success {
    let sink = RecordingSink()
    let emitter = Emitter(sinks: [sink], service: service, clock: clock, ids: ids)
    return try await Emitter.$taskDefault.withValue(emitter) { () async -> Result<Success, Failure> in
        do throws(Failure) { return .success(try await body(sink)) } catch { return .failure(error) }
    }.get()
}
