#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import WorkflowEvents

/// One start of a skill and its end or fail.
///
/// Events with an execution id belong together by it. Others are paired in the order of time: an end or fail closes the
/// earliest open start of its run and node, and one without a start is an execution by itself.
public struct Execution: Sendable, Hashable {
    /// The step.
    public var node: Node
    /// What ties its events, if they carried it.
    public var executionID: UUID?
    /// When it started; for an end or fail without a start, its time less its duration.
    public var startedAt: Timestamp
    /// When it ended or failed; `nil` while it is open.
    public var endedAt: Timestamp?
    /// Its latest phase: `start` while it is open.
    public var phase: Phase
    /// How long it took, in milliseconds; `nil` while it is open.
    public var durationMS: Int?
    /// What was measured.
    public var metrics: MetricSet
    /// What worried the skill.
    public var issues: [String]
}
