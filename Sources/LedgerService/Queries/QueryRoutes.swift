import Foundation
import HTTPTypes
import Hummingbird
import LedgerAccess
import LedgerReporting
import NIOCore
import WorkflowEvents
import WorkflowEventsPostgres

/// Lists of events and runs.
struct QueryRoutes: Sendable {
    let repository: EventRepository

    private static let limits: ClosedRange<Int64> = 1...1000
    private static let usualLimit: Int64 = 100

    func add(to routes: RouterGroup<LedgerRequestContext>) {
        routes.get("events", use: events)
        routes.get("runs", use: runs)
        routes.get("runs/{run_id}", use: run)
        routes.get("runs/{run_id}/events", use: timeline)
    }

    private func events(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        try context.require(.eventsRead)
        let query = try QueryParameters(
            request,
            ["run_id", "node", "phase", "since", "until", "has_issues", "text", "order", "limit", "cursor"])
        let filter = EventFilter(
            runIDs: query.all("run_id"), nodes: query.all("node").map(Node.init(rawValue:)),
            phases: try query.choices("phase"), since: try query.timestamp("since"),
            until: try query.timestamp("until"), hasIssues: try query.flag("has_issues"), text: try query.one("text"))
        let page = try await repository.events(
            filter, order: try query.choice("order") ?? .descending, limit: try Self.limit(query),
            after: try query.numberCursor)
        return Self.answer(page.elements, nextCursor: page.nextCursor.map { String($0) })
    }

    private func runs(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        try context.require(.eventsRead)
        let query = try QueryParameters(request, ["status", "since", "until", "node", "limit", "cursor"])
        let filter = RunFilter(
            status: try query.choice("status"), node: try query.one("node").map(Node.init(rawValue:)),
            since: try query.timestamp("since"), until: try query.timestamp("until"))
        let page = try await repository.runs(
            filter, limit: try Self.limit(query), after: try query.numberCursor)
        return Self.answer(Listing(page.elements, envelope: "runs", nextCursor: page.nextCursor).json)
    }

    private func run(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        try context.require(.eventsRead)
        _ = try QueryParameters(request, [])
        let runID = try Self.runID(context)
        guard let run = try await repository.run(runID) else { throw Self.unknown(runID) }
        let executions = try await repository.executions(runID: runID)
        return Self.answer(Listing(executions, envelope: "executions").json(of: run))
    }

    private func timeline(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        try context.require(.eventsRead)
        let query = try QueryParameters(request, ["limit", "cursor"])
        let runID = try Self.runID(context)
        let cursor = try query.one("cursor").map(TimelineCursor.init)
        let page = try await repository.timeline(
            runID: runID, limit: try Self.limit(query), after: cursor.map { ($0.ts, $0.position) })
        if page.events.isEmpty, try await repository.run(runID) == nil { throw Self.unknown(runID) }
        let last = page.hasMore ? page.events.last : nil
        return Self.answer(
            page.events, nextCursor: last.map { TimelineCursor(ts: $0.event.ts, position: $0.position).text })
    }

    // MARK: Parameters

    private static func limit(_ query: QueryParameters) throws(Problem) -> Int {
        Int(try query.integer("limit", in: limits) ?? usualLimit)
    }

    private static func runID(_ context: LedgerRequestContext) throws -> String {
        guard let runID = context.parameters.get("run_id")?.removingPercentEncoding else {
            throw Problem(.badRequest, "The run's id holds an escape that is no UTF-8 text.")
        }
        guard !runID.utf8.contains(0) else {
            throw Problem(.badRequest, "The run's id holds a NUL character (U+0000).")
        }
        return runID
    }

    private static func unknown(_ runID: String) -> Problem {
        Problem(.notFound, "There is no run \(runID.prefix(EventLimits.maximumRunIDBytes)).")
    }

    // MARK: Answers

    private static func answer(_ events: [StoredEvent], nextCursor: String?) -> Response {
        var json = Array(#"{"events":["#.utf8)
        for (index, event) in events.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            event.appendJSON(to: &json)
        }
        json += #"],"next_cursor":"#.utf8
        if let nextCursor { json.append(json: nextCursor) } else { json += "null".utf8 }
        json.append(UInt8(ascii: "}"))
        return answer(json)
    }

    private static func answer(_ json: [UInt8]) -> Response {
        var buffer = ByteBuffer(bytes: json)
        buffer.writeInteger(UInt8(ascii: "\n"))
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: buffer))
    }
}

/// Where a page of a run's events ended.
private struct TimelineCursor {
    let ts: Timestamp
    let position: Int64

    init(ts: Timestamp, position: Int64) {
        self.ts = ts
        self.position = position
    }

    init(_ text: String) throws(Problem) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let microseconds = Int64(parts[0]), let position = Int64(parts[1]),
            position > 0, position < .max
        else {
            throw QueryParameters.badCursor
        }
        // No event lies beyond, and the database knows no such times.
        let range = Timestamp.rfc3339Range
        let ts = min(max(Timestamp(microsecondsSince1970: microseconds), range.lowerBound), range.upperBound)
        self.init(ts: ts, position: position)
    }

    var text: String { "\(ts.microsecondsSince1970).\(position)" }
}
