import EventLedger
import Foundation
import WorkflowEvents
import WorkflowEventsPostgres

/// What comes in over HTTP: many events a request beside the batch writer, alone and with what else a service does with
/// events, one event a request beside a route that does nothing. All begin with their connections to the database open.
struct ServiceIngestMeasure {
    let bench: Workbench
    let runledger: String
    let pairs: Int

    private static let requestCount = 400
    private static let eventsPerRequest = 500
    private static let singleCount = 20_000
    private static let warmUpCount = 8 * eventsPerRequest

    func run() async throws -> [ResultRow] {
        var batches: [Double] = []
        var writers: [Double] = []
        var dutifulWriters: [Double] = []
        var singles: [Double] = []
        var routes: [Double] = []
        for pair in 0..<pairs {
            writers.append(try await write("sw\(pair)"))
            dutifulWriters.append(try await write("sd\(pair)", isDutiful: true))
            try await bench.settle()
            try await ServiceProcess.withService(bench, runledger: runledger) { service in
                try await post(pair, to: service)
            }.append(to: &batches, &routes, &singles)
        }
        let batchRatio = zip(batches, writers).map { $0 / $1 }.median
        let dutifulRatio = zip(batches, dutifulWriters).map { $0 / $1 }.median
        let singleRatio = zip(singles, routes).map { $0 / $1 }.median
        return [
            ResultRow(
                what: "HTTP ingest, NDJSON of 500 events a request, 8 connections",
                figure: "\(grouped(batches.median)) events/s",
                ceiling: "\(grouped(writers.median)) events/s, the batch writer alone", ratio: fixed(batchRatio),
                goal: "at least 0.7", isMet: batchRatio >= 0.7),
            ResultRow(
                what: "the same beside a batch writer whose events are numbered and rolled up, as a service's are",
                figure: "\(grouped(batches.median)) events/s", ceiling: "\(grouped(dutifulWriters.median)) events/s",
                ratio: fixed(dutifulRatio), goal: "at least 0.7", isMet: dutifulRatio >= 0.7),
            ResultRow(
                what: "HTTP ingest, one event a request, 64 connections, each answered after its commit",
                figure: "\(grouped(singles.median)) requests/s",
                ceiling: "\(grouped(routes.median)) requests/s, `GET /healthz`", ratio: fixed(singleRatio),
                goal: "at least 0.4", isMet: singleRatio >= 0.4),
        ]
    }

    /// The same events through the batch writer, in requests of the same size and as many at a time.
    ///
    /// - Parameter isDutiful: whether they are numbered and rolled up meanwhile.
    private func write(_ label: String, isDutiful: Bool = false) async throws -> Double {
        let events = Self.requestCount * Self.eventsPerRequest
        let producers = (0..<8).map { bench.events(events / 8, label: "\(label)-\($0)") }
        try await bench.settle()
        let time = try await bench.withPool { pool in
            let rollups = RollupUpkeep(pool: pool, logger: bench.logger)
            let upkeep = Task {
                if isDutiful { await rollups.runNumbering(over: pool) }
            }
            defer { upkeep.cancel() }
            return try await withBatchWriter(
                bench.database, pool: pool, settings: .keepingPace(of: rollups), logger: bench.logger
            ) { writer in
                try await writer.append(
                    (0..<8).map { bench.events(Self.warmUpCount / 8, label: "\(label)-warm-\($0)") },
                    batchCount: Self.eventsPerRequest)
                return try await seconds {
                    try await writer.append(producers, batchCount: Self.eventsPerRequest)
                }
            }
        }
        return Double(events) / time
    }

    private struct Rates: Sendable {
        var batch: Double
        var route: Double
        var single: Double

        func append(to batches: inout [Double], _ routes: inout [Double], _ singles: inout [Double]) {
            batches.append(batch)
            routes.append(route)
            singles.append(single)
        }
    }

    private func post(_ pair: Int, to service: ServiceProcess) async throws -> Rates {
        let events = bench.events(Self.requestCount * Self.eventsPerRequest, label: "sb\(pair)")
        let batches = (0..<Self.requestCount).map { request in
            HTTPLoad.request(events[request * Self.eventsPerRequest..<(request + 1) * Self.eventsPerRequest])
        }
        let singles = bench.events(Self.singleCount, label: "ss\(pair)").map { event in
            var body: [UInt8] = []
            EventJSONWriter.append(event, to: &body)
            return HTTPLoad.request("/v1/events", token: ServiceProcess.token, body: body)
        }
        let health = HTTPLoad.request("/healthz", token: ServiceProcess.token)
        let eight = HTTPLoad(port: service.port, connectionCount: 8)
        let many = HTTPLoad(port: service.port, connectionCount: 64)
        let warmUp = (0..<Self.warmUpCount / Self.eventsPerRequest).map { request in
            HTTPLoad.request(bench.events(Self.eventsPerRequest, label: "sh\(pair)-\(request)"))
        }
        _ = try await eight.run(warmUp.count, expecting: 201) { warmUp[$0] }
        let batchRate = try await eight.run(Self.requestCount, expecting: 201) { batches[$0] }
        return Rates(
            batch: batchRate * Double(Self.eventsPerRequest),
            route: try await many.run(Self.singleCount * 2, expecting: 200) { _ in health },
            single: try await many.run(Self.singleCount, expecting: 201) { singles[$0] })
    }
}
