#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What a running skill says about itself; its `end` or `fail` event carries it.
public struct SkillState: Sendable {
    /// The run that the skill works for.
    public let runID: String
    /// The step that the skill implements.
    public let node: Node
    /// Ties the events of this execution together.
    public let executionID: UUID
    /// What the skill measured; kept also if it then fails.
    ///
    /// Only numbers fit. An infinite one or a NaN becomes an issue that names it.
    public var metrics: MetricSet = [:]
    /// What worried the skill but did not stop it, in order; kept also if it then fails.
    public var issues: [String] = []

    /// The state of a new execution, in which nothing was said yet.
    init(runID: String, node: Node, executionID: UUID) {
        self.runID = runID
        self.node = node
        self.executionID = executionID
    }
}
