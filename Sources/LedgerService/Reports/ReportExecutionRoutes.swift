import HTTPTypes
import Hummingbird
import LedgerAccess
import LedgerReporting
import LedgerScheduler
import NIOCore
import WorkflowEventsPostgres

/// `GET /v1/report-executions`: what was made on schedule, and where it was delivered.
struct ReportExecutionRoutes: Sendable {
    let repository: ExecutionRepository

    private static let limits: ClosedRange<Int64> = 1...1000
    private static let usualLimit: Int64 = 100

    func add(to routes: RouterGroup<LedgerRequestContext>) {
        routes.get("report-executions", use: list)
    }

    private func list(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        try context.require(.reportsRead)
        let query = try QueryParameters(request, ["schedule", "report", "state", "slot", "limit", "cursor"])
        let filter = ReportExecutionFilter(
            schedule: try query.one("schedule"), report: try query.one("report"), state: try query.choice("state"),
            slot: try query.timestamp("slot"))
        let page = try await repository.executions(
            filter, limit: Int(try query.integer("limit", in: Self.limits) ?? Self.usualLimit),
            after: try query.numberCursor)
        return Response(
            status: .ok, headers: [.contentType: ReportFormat.json.mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: page.json)))
    }
}
