import HTTPTypes
import Logging
import NIOCore
import WorkflowEvents

/// Answers requests that never get as far as a route, as no parser could read them, and keeps record of them.
struct UnreadableRequests: Sendable {
    let telemetry: ServiceTelemetry
    let logger: Logger

    /// Stands for a method that is not known.
    private static let noMethod = HTTPRequest.Method("none")!

    /// What the client is told of `problem`.
    func answer(_ problem: Problem) -> (head: HTTPResponse, body: ByteBuffer) {
        let id = UUIDv7.next().text
        let body = ByteBuffer(bytes: problem.content)
        var fields = problem.fields
        fields.secure(requestID: id)
        fields[.contentLength] = String(body.readableBytes)
        telemetry.answered(Self.noMethod, "none", problem.status)
        logger.info(
            "request",
            metadata: [
                "status": .stringConvertible(problem.status.code), "request_id": .string(id),
                "reason": .string(problem.detail),
            ])
        return (HTTPResponse(status: problem.status, headerFields: fields), body)
    }
}
