public import Tracing

/// Runs a skill and emits its events: `start` on entry, then `end` when `body` returns or `fail` when it throws.
///
/// ```swift
/// func generateLyrics(runID: String, input: Input) throws -> Lyrics {
///     try withSkillExecution(runID: runID, node: .lyrics) { state in
///         let lyrics = try createLyrics(input)
///         state.metrics["lines_generated"] = lyrics.lines.count
///         if lyrics.lines.count < 10 { state.issues.append("Warning: short lyrics") }
///         return lyrics
///     }
/// }
/// ```
///
/// The `end` or `fail` event carries the duration, in whole milliseconds of a monotonic clock, and the metrics and issues
/// that `body` set. A `fail` event's last issue is the description of the error; cancellation is a `fail` that says so.
/// Emitting never blocks, fails or delays the skill. The execution is also a span of swift-distributed-tracing and is
/// counted by swift-metrics.
///
/// - Parameters:
///   - runID: the run the skill works for: 1 to 255 UTF-8 bytes without control characters.
///   - node: the step the skill implements.
///   - emitEvents: `false` runs `body` alone: no event, span or count.
///   - emitter: where events go; ``Emitter/default`` unless given.
///   - function: the caller's function, for the span.
///   - file: the caller's file, for the span.
///   - line: the caller's line, for the span.
///   - body: the skill.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, and nothing else.
@inlinable
public func withSkillExecution<Success, Failure: Error>(
    runID: String,
    node: Node,
    emitEvents: Bool = true,
    emitter: Emitter? = nil,
    function: String = #function,
    file: String = #fileID,
    line: UInt = #line,
    _ body: (inout SkillState) throws(Failure) -> Success
) throws(Failure) -> Success {
    var execution = SkillExecution(
        runID: runID, node: node, isEmitting: emitEvents, emitter: emitter, function: function, file: file, line: line)
    do throws(Failure) {
        let success = try withContext(of: execution.span) { () throws(Failure) in try body(&execution.state) }
        execution.end()
        return success
    } catch {
        execution.fail(error)
        throw error
    }
}

/// Runs an asynchronous skill and emits its events: `start` on entry, then `end` when `body` returns or `fail` when it
/// throws.
///
/// Everything said of the synchronous form holds. `body` runs where the caller runs: on its actor, if it has one.
///
/// ```swift
/// try await withSkillExecution(runID: runID, node: .style) { state in
///     let style = try await model.makeStyle(for: brief)
///     state.metrics["tags_generated"] = style.tags.count
///     return style
/// }
/// ```
///
/// - Parameters:
///   - runID: the run the skill works for: 1 to 255 UTF-8 bytes without control characters.
///   - node: the step the skill implements.
///   - emitEvents: `false` runs `body` alone: no event, span or count.
///   - emitter: where events go; ``Emitter/default`` unless given.
///   - function: the caller's function, for the span.
///   - file: the caller's file, for the span.
///   - line: the caller's line, for the span.
///   - body: the skill.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, and nothing else.
@inlinable
public nonisolated(nonsending) func withSkillExecution<Success, Failure: Error>(
    runID: String,
    node: Node,
    emitEvents: Bool = true,
    emitter: Emitter? = nil,
    function: String = #function,
    file: String = #fileID,
    line: UInt = #line,
    _ body: nonisolated(nonsending) (inout SkillState) async throws(Failure) -> Success
) async throws(Failure) -> Success {
    var execution = SkillExecution(
        runID: runID, node: node, isEmitting: emitEvents, emitter: emitter, function: function, file: file, line: line)
    do throws(Failure) {
        let success = try await withContext(of: execution.span) { () async throws(Failure) in
            try await body(&execution.state)
        }
        execution.end()
        return success
    } catch {
        execution.fail(error)
        throw error
    }
}

/// Runs `body` with the context of `span` as the current one.
@inlinable
func withContext<Success, Failure: Error>(
    of span: ExecutionSpan?, _ body: () throws(Failure) -> Success
) throws(Failure) -> Success {
    guard let span else { return try body() }
    // `withValue` would lose the error's type, so no error passes through it.
    return try ServiceContext.$current.withValue(span.context) { () -> Result<Success, Failure> in
        do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
    }.get()
}

/// Runs an asynchronous `body` with the context of `span` as the current one.
@inlinable
nonisolated(nonsending) func withContext<Success, Failure: Error>(
    of span: ExecutionSpan?, _ body: nonisolated(nonsending) () async throws(Failure) -> Success
) async throws(Failure) -> Success {
    guard let span else { return try await body() }
    return try await ServiceContext.$current.withValue(span.context) { () async -> Result<Success, Failure> in
        do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
    }.get()
}
