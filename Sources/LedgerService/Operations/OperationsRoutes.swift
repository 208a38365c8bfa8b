import EventLedger
import HTTPTypes
import Hummingbird
import LedgerSchema
import LibPQ
import NIOCore
import WorkflowEventsPostgres

/// What those who run the service ask: does it live, can it work, how is it doing, what does it offer.
struct OperationsRoutes: Sendable {
    let parts: LedgerParts

    /// So long the database has to answer a probe.
    private static let probeTimeout = Duration.seconds(2)

    /// Adds what needs no token to `routes`, and the metrics to `known`.
    func add(to routes: Router<LedgerRequestContext>, known: RouterGroup<LedgerRequestContext>) {
        routes.get("healthz") { _, _ in Self.json(#"{"status":"ok"}"#) }
        routes.get("readyz", use: readiness)
        routes.get("openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_json)))
        }
        known.get("metrics", use: metrics)
    }

    private func readiness(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        let schema = parts.database.schema
        do {
            try await withDeadline(Self.probeTimeout) { [pool = parts.pool] in
                _ = try await pool.withConnection { try await LedgerContract.check($0, schema: schema) }
            }
        } catch let error as SchemaError {
            throw Problem(.serviceUnavailable, error.message)
        } catch is PostgresError {
            throw Problem(.serviceUnavailable, "The database does not answer.", headers: [.retryAfter: "1"])
        }
        return Self.json(#"{"status":"ready"}"#)
    }

    private func metrics(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        var text = MetricsText()
        parts.telemetry.append(to: &text)
        await appendDatabase(to: &text)
        appendPools(to: &text)
        text.single(
            "runledger_write_queue_events", "gauge", "Events that wait for a transaction.",
            Double(parts.writer.waitingEventCount))
        text.single(
            "runledger_request_body_bytes", "gauge",
            "Bytes of the requests that are arriving or wait for their commit.",
            Double(parts.bodyMemory.usedByteCount))
        text.single(
            "runledger_client_connections", "gauge", "Connections of clients that are open.",
            Double(parts.connections.current))
        text.single(
            "runledger_client_connections_max", "gauge", "Connections of clients that are served at most.",
            Double(parts.connections.maximum))
        text.single(
            "runledger_stream_subscribers", "gauge", "Streams that are open.", Double(parts.hub.subscriberCount))
        text.single(
            "runledger_stream_ring_misses_total", "counter",
            "How often a subscriber that had caught up went back to the database.", Double(parts.hub.ringMissCount))
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text.text)))
    }

    private func appendDatabase(to text: inout MetricsText) async {
        let ledger = Ledger(pool: parts.pool)
        let rollup = Rollup(pool: parts.pool)
        let lag = try? await withDeadline(Self.probeTimeout) { try await ledger.lag() }
        let backlog = try? await withDeadline(Self.probeTimeout) { try await rollup.backlog() }
        text.single(
            "runledger_database_up", "gauge", "Whether the database answers.", lag == nil ? 0 : 1)
        guard let lag else { return }
        text.single(
            "runledger_sequencing_lag_seconds", "gauge", "How long the oldest batch without a position has waited.",
            lag.seconds)
        text.single(
            "runledger_unsequenced_batches", "gauge", "Committed batches without a position.", Double(lag.batchCount))
        text.single(
            "runledger_rollup_backlog_events", "gauge", "Events with a position that are not rolled up.",
            Double(backlog ?? 0))
    }

    private func appendPools(to text: inout MetricsText) {
        let pools = [("ledger", parts.pool.statistics), ("queries", parts.queryPool.statistics)]
        text.family(
            "runledger_database_connections", "gauge",
            "Connections to the database, by state: those of ingest and streams (ledger), and of queries and reports.")
        for (name, pool) in pools {
            for (state, count) in [("idle", pool.idleCount), ("leased", pool.leasedCount)] {
                text.sample(
                    "runledger_database_connections", labels: [("pool", name), ("state", state)], Double(count))
            }
        }
        let series: [(name: String, type: String, help: String, value: (PostgresPoolStatistics) -> Int)] = [
            ("connection_waiters", "gauge", "Callers that wait for a connection.", \.waitingCount),
            ("connects_total", "counter", "Connections made.", \.connectCount),
            (
                "connection_timeouts_total", "counter", "Callers that waited in vain.",
                { $0.timeoutCount + $0.refusedCount }
            ),
        ]
        for (name, type, help, value) in series {
            text.family("runledger_database_" + name, type, help)
            for (pool, statistics) in pools {
                text.sample("runledger_database_" + name, labels: [("pool", pool)], Double(value(statistics)))
            }
        }
    }

    private static func json(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }
}
