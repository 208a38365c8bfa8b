package import HTTPTypes
package import Hummingbird
import WorkflowEvents

/// An answer that says what went wrong: `application/problem+json` (RFC 9457).
package struct Problem: Error, Sendable {
    /// What is wrong with one event of a request.
    package struct EventError: Sendable, Hashable {
        /// Which event, from 0; blank lines are not counted.
        package var index: Int
        /// The field, as a JSON pointer within the event (RFC 6901); empty for the event as a whole.
        package var pointer: String
        /// What is wrong with it.
        package var detail: String

        package init(index: Int, pointer: String, detail: String) {
            self.index = index
            self.pointer = pointer
            self.detail = detail
        }
    }

    package var status: HTTPResponse.Status
    /// What happened and what to do, in a sentence or two; never a secret.
    package var detail: String
    /// The events at fault; at most a hundred are told.
    package var errors: [EventError]
    /// Header fields that go with the answer, such as `Retry-After`.
    package var headers: HTTPFields

    package init(
        _ status: HTTPResponse.Status, _ detail: String, errors: [EventError] = [], headers: HTTPFields = [:]
    ) {
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers
    }

    /// The database cannot be reached; the same request may be sent again.
    static let databaseAway = Problem(
        .serviceUnavailable, "The database is away or busy. Send the request again in a moment.",
        headers: [.retryAfter: "1"])

    /// The service is about to stop; another one may take the request.
    static let stopping = Problem(
        .serviceUnavailable, "The service is about to stop and did not do this. Send the request again.",
        headers: [.retryAfter: "1", .connection: "close"])

    /// The client takes too long to send what it began.
    static let requestOverdue = Problem(
        .requestTimeout, "The request took too long to arrive. Send it again at once and whole.",
        headers: [.connection: "close"])

    /// There are as many connections as there may be.
    static let tooManyConnections = Problem(
        .serviceUnavailable, "There are too many connections. Close some that are not needed, or try again later.",
        headers: [.retryAfter: "1", .connection: "close"])

    /// The client is gone, so that nobody reads this; it is for the log and the metrics.
    static let clientGone = Problem(
        HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request"),
        "The connection was closed before the answer.")

    /// The most events at fault that an answer tells.
    package static let maximumErrorCount = 100
}

extension Problem: HTTPResponseError {
    package func response(from request: Request, context: some RequestContext) -> Response {
        Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: content)))
    }

    /// The header fields of the answer.
    var fields: HTTPFields {
        var fields = headers
        fields[.contentType] = "application/problem+json"
        return fields
    }

    /// The body of the answer.
    var content: [UInt8] {
        var body: [UInt8] = []
        body += #"{"type":"about:blank","title":"#.utf8
        body.append(json: status.reasonPhrase)
        body += #","status":\#(status.code),"detail":"#.utf8
        body.append(json: detail)
        if !errors.isEmpty {
            body += #","errors":["#.utf8
            for (count, error) in errors.prefix(Self.maximumErrorCount).enumerated() {
                body += (count == 0 ? "" : ",").utf8
                body += #"{"index":\#(error.index),"pointer":"#.utf8
                body.append(json: error.pointer)
                body += #","detail":"#.utf8
                body.append(json: error.detail)
                body += "}".utf8
            }
            body += "]".utf8
        }
        body += "}\n".utf8
        return body
    }
}
