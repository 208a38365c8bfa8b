import HTTPTypes
import Hummingbird
import WorkflowEvents
import WorkflowEventsPostgres

/// What a client wants streamed.
struct StreamQuery: Sendable {
    let filter: EventFilter
    /// Behind which position; `nil` for what is new.
    let after: Int64?

    private static let maximumChoices = 100

    /// Reads the query of `request`; `lastEventID`, with which a browser resumes, goes before `after`.
    ///
    /// - Throws: ``Problem`` 400.
    init(_ request: Request, lastEventID: String?) throws(Problem) {
        let parameters = try QueryParameters(request, ["after", "node", "phase", "run_id", "ticket"])
        let (runIDs, nodes) = (parameters.all("run_id"), parameters.all("node"))
        guard runIDs.count + nodes.count <= Self.maximumChoices else {
            throw Problem(.badRequest, "A stream takes at most \(Self.maximumChoices) runs and nodes; take several.")
        }
        filter = EventFilter(
            runIDs: runIDs, nodes: nodes.map(Node.init(rawValue:)), phases: try parameters.choices("phase"))
        let position = try parameters.integer("after", in: 0...Int64.max)
        guard let lastEventID, !lastEventID.isEmpty else {
            after = position
            return
        }
        guard let resumed = Int64(lastEventID), resumed >= 0 else {
            throw Problem(.badRequest, "Last-Event-ID must be a position, 0 or greater.")
        }
        after = resumed
    }
}
