import HTTPTypes
import Hummingbird
import LedgerAccess
import NIOCore
import WorkflowEvents
import WorkflowEventsPostgres

/// `GET /v1/stream` and `POST /v1/stream-tickets`.
struct StreamRoutes: Sendable {
    let hub: StreamHub
    let access: AccessControl

    func add(to routes: RouterGroup<LedgerRequestContext>) {
        routes.get("stream", use: stream)
        routes.post("stream-tickets", use: ticket)
    }

    /// Streams over a WebSocket where one is asked for, else as server-sent events.
    private func stream(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        let principal = try context.require(.eventsRead)
        let tokenName = access.storedName(of: principal)
        if WebSocketHandshake.isAskedFor(request.headers) {
            let headers = try WebSocketHandshake.accept(request.headers)
            let query = try StreamQuery(request, lastEventID: nil)
            try await announce(query, tokenName, over: context.channel, finished: nil)
            return Response(status: .switchingProtocols, headers: headers)
        }
        guard let accepted = request.headers[.accept], accepted.lowercased().contains("text/event-stream") else {
            throw Problem(
                .notAcceptable,
                "The stream is a WebSocket (Upgrade: websocket) or server-sent events (Accept: text/event-stream).")
        }
        let query = try StreamQuery(request, lastEventID: request.headers[.lastEventID])
        let finished = context.channel.eventLoop.makePromise(of: Void.self)
        do {
            try await announce(query, tokenName, over: context.channel, finished: finished)
        } catch {
            finished.succeed()
            throw error
        }
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .xAccelBuffering: "no",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await finished.futureResult.get()
                try await writer.finish(nil)
            })
    }

    private func announce(
        _ query: StreamQuery, _ tokenName: String?, over channel: any Channel, finished: EventLoopPromise<Void>?
    ) async throws {
        let subscription = try await hub.subscribe(query.filter, after: query.after, tokenName: tokenName)
        do {
            try await channel.eventLoop.submit {
                try StreamConnection.of(channel).announce(subscription, finished: finished)
            }.get()
        } catch {
            subscription.close()
            throw error
        }
    }

    /// Gives a ticket for a browser's WebSocket, which cannot send a token.
    private func ticket(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        let principal = try context.require(.eventsRead)
        _ = try QueryParameters(request, [])
        var body: [UInt8] = Array(#"{"ticket":"#.utf8)
        body.append(json: try await access.ticket(for: principal))
        body += ",\"expires_in\":\(StreamTickets.lifetime.components.seconds)}\n".utf8
        return Response(
            status: .created, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = HTTPField.Name("Last-Event-ID")!
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
