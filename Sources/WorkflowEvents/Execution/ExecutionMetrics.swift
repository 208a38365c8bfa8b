import Metrics
import Synchronization

/// Counts executions, by node, for swift-metrics.
///
/// The handles of a node are made once. At most 1,000 nodes are told apart, so that names made up at run time cannot
/// flood a metrics backend; the executions of further ones are counted under the node `other`.
final class ExecutionMetrics: Sendable {
    /// The handles of one node.
    struct Handles: Sendable {
        let executions: Counter
        let failures: Counter
        let duration: Timer
    }

    private static let maximumNodeCount = 1000

    private let factory: any MetricsFactory
    private let handlesByNode = Mutex<[Node: Handles]>([:])

    /// `nil` for the factory that discards everything: not even looking handles up is then best.
    init?(factory: any MetricsFactory) {
        if factory is NOOPMetricsHandler { return nil }
        self.factory = factory
    }

    /// Counts one execution of `node`.
    func record(_ node: Node, failed: Bool, duration: Duration) {
        let handles = handles(of: node)
        handles.executions.increment()
        if failed { handles.failures.increment() }
        handles.duration.recordNanoseconds(duration.wholeNanoseconds)
    }

    private func handles(of node: Node) -> Handles {
        handlesByNode.withLock { known in
            if let handles = known[node] { return handles }
            let label = known.count < Self.maximumNodeCount ? node : "other"
            if let handles = known[label] { return handles }
            let handles = makeHandles(of: label)
            known[label] = handles
            return handles
        }
    }

    private func makeHandles(of node: Node) -> Handles {
        let dimensions = [("node", node.rawValue)]
        return Handles(
            executions: Counter(label: "workflow_executions", dimensions: dimensions, factory: factory),
            failures: Counter(label: "workflow_execution_failures", dimensions: dimensions, factory: factory),
            duration: Timer(
                label: "workflow_execution_duration", dimensions: dimensions, preferredDisplayUnit: .milliseconds,
                factory: factory))
    }
}
