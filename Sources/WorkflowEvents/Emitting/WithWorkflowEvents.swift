public import Logging

/// Sends the workflow events of `body` to `sinks`.
///
/// Starts the sinks, makes an ``Emitter`` of them the default of the process and of the calling task, runs `body`, and
/// before it returns lets the sinks deliver what is left: also when `body` throws and when the task is cancelled.
///
/// ```swift
/// try await withWorkflowEvents(.log, service: "lyrics-api") {
///     try await withSkillExecution(runID: runID, node: .lyrics) { state in
///         state.metrics["lines_generated"] = 42
///     }
/// }
/// ```
///
/// - Parameters:
///   - sinks: where events go; the log sink alone if there are none.
///   - service: at most 255 UTF-8 bytes; the environment's `OTEL_SERVICE_NAME` unless given, else the name of the
///     process.
///   - logger: where the log sink writes, and where the emitter and its sinks report their own troubles.
///   - flushDeadline: how long the sinks may take to deliver what is left, 5 seconds unless given. What cannot be
///     delivered by then goes to a sink's spool, if it has one.
///   - body: the program, or the part of it whose events these are. It runs where the caller runs.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, or what a sink throws whose settings are wrong, before `body` begins. A sink that fails
///   later is logged; it stops neither `body` nor another sink.
public nonisolated(nonsending) func withWorkflowEvents<Success>(
    _ sinks: SinkConfiguration...,
    service: String? = nil,
    logger: Logger = Logger(label: "workflow-events"),
    flushDeadline: Duration = .seconds(5),
    _ body: nonisolated(nonsending) () async throws -> Success
) async throws -> Success {
    let emitter = try Emitter(
        configurations: sinks, service: service, logger: logger, flushDeadline: flushDeadline)
    // Not a child task: cancelling the caller must not stop the sinks before the body has emitted its last event.
    let sinksRunning = Task { await emitter.run() }
    emitter.beginDefault()
    let result: Result<Success, any Error>
    do {
        result = .success(try await Emitter.$taskDefault.withValue(emitter) { try await body() })
    } catch {
        result = .failure(error)
    }
    emitter.endDefault()
    sinksRunning.cancel()
    await sinksRunning.value
    return try result.get()
}
