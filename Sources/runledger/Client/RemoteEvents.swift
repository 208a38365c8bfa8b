import EventLedger
import Foundation
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// The events of a service's ledger, as lines of JSON.
struct RemoteEvents {
    let client: ServiceClient
    let filter: EventFilter

    private static let pageLimit = 1000

    /// Prints what there is.
    ///
    /// - Parameters:
    ///   - position: only what comes after it.
    ///   - limit: how many at most; `nil` for all.
    func list(after position: Int64?, order: ListOrder, limit: Int?) async throws {
        struct Page: Decodable {
            struct Entry: Decodable {
                var position: Int64
            }
            var events: [Entry]
            var next_cursor: String?
        }
        var remaining = limit ?? .max
        // A cursor is the position of the last event before the page.
        var cursor = order == .ascending ? position.flatMap { $0 > 0 ? String($0) : nil } : nil
        repeat {
            var query =
                self.query + [
                    URLQueryItem(name: "order", value: order.rawValue),
                    URLQueryItem(name: "limit", value: String(min(remaining, Self.pageLimit))),
                ]
            if let cursor { query.append(URLQueryItem(name: "cursor", value: cursor)) }
            let body = try await client.get("/v1/events", query)
            let page = try JSONDecoder().decode(Page.self, from: Data(body))
            let wanted = page.events.prefix { order == .ascending || $0.position > position ?? 0 }.count
            var lines: [UInt8] = []
            for object in JSONObjects.inFirstArray(of: body).prefix(wanted) { lines += object + [UInt8(ascii: "\n")] }
            try Terminal.write(data: lines)
            remaining -= page.events.count
            cursor = wanted < page.events.count ? nil : page.next_cursor
        } while cursor != nil && remaining > 0
    }

    /// Prints what comes after `position`, or what is new, and goes on; a stream that breaks off is resumed.
    func follow(after position: Int64?) async throws {
        struct Control: Decodable {
            var control: String
            var position: Int64?
            var ledger_id: String?
        }
        var last = position
        var ledgerID: String?
        var isAway = false
        var backoff = LibPQ.Backoff()
        let reader = EventJSONReader()
        while true {
            do {
                var query = streamQuery
                if let last { query.append(URLQueryItem(name: "after", value: String(last))) }
                try await client.stream("/v1/stream", query) { event in
                    if event.type == "control" {
                        let control = try JSONDecoder().decode(Control.self, from: Data(event.data.utf8))
                        guard control.control == "caught_up" else { return }
                        guard ledgerID == nil || ledgerID == control.ledger_id else {
                            throw CommandError("The service now serves another ledger; begin anew with --after 0.")
                        }
                        ledgerID = control.ledger_id
                        // Everything up to here has been told, even where a filter let nothing pass.
                        last = max(last ?? 0, control.position ?? 0)
                    } else {
                        if try passes(event.data, reader) {
                            try Terminal.write(data: Array(event.data.utf8) + [UInt8(ascii: "\n")])
                        }
                        last = event.id.flatMap { Int64($0) } ?? last
                    }
                    backoff.reset()
                    isAway = false
                }
            } catch let interruption as StreamInterruption {
                if !isAway { Terminal.note("\(interruption.description) Trying again …") }
                isAway = true
            }
            try await Task.sleep(for: backoff.next())
        }
    }

    /// The stream filters by run, node and phase; the rest is looked at here.
    private func passes(_ text: String, _ reader: EventJSONReader) throws -> Bool {
        guard filter.since != nil || filter.until != nil || filter.hasIssues != nil || filter.text != nil else {
            return true
        }
        let bytes = Array(text.utf8)
        let event = try bytes.withUnsafeBytes { try reader.read($0).event }
        return filter.matches(event)
    }

    private var streamQuery: [URLQueryItem] {
        filter.runIDs.map { URLQueryItem(name: "run_id", value: $0) }
            + filter.nodes.map { URLQueryItem(name: "node", value: $0.rawValue) }
            + filter.phases.map { URLQueryItem(name: "phase", value: $0.rawValue) }
    }

    private var query: [URLQueryItem] {
        var query = streamQuery
        if let since = filter.since { query.append(URLQueryItem(name: "since", value: since.description)) }
        if let until = filter.until { query.append(URLQueryItem(name: "until", value: until.description)) }
        if let hasIssues = filter.hasIssues { query.append(URLQueryItem(name: "has_issues", value: "\(hasIssues)")) }
        if let text = filter.text { query.append(URLQueryItem(name: "text", value: text)) }
        return query
    }
}
