import WorkflowEvents

/// Events of a number of writers, stored by a batch writer and over HTTP.
struct WriterLoads: Sendable {
    let bench: Workbench
    let runledger: String
    /// Of one batch or request.
    let batchCount: Int
    /// Of all writers together, for a number of them.
    let eventCount: @Sendable (Int) -> Int

    /// The events of `count` writers: whole batches, at least one each.
    func producers(_ count: Int, label: String) -> [[WorkflowEvent]] {
        let batches = max(1, eventCount(count) / count / batchCount)
        return (0..<count).map { bench.events(batches * batchCount, label: "\(label)-\(batchCount)-\(count)-\($0)") }
    }

    /// Events a second of `count` producers on a batch writer.
    func write(_ count: Int, label: String) async throws -> Double {
        try await bench.write(producers(count, label: label), batchCount: batchCount)
    }

    /// Events a second of as many connections to a service as each of `counts` says, one after the other.
    func post(_ counts: [Int], label: String) async throws -> [Double] {
        try await bench.settle()
        return try await ServiceProcess.withService(bench, runledger: runledger) { service in
            var rates: [Double] = []
            for count in counts {
                let requests = producers(count, label: label).flatMap { events in
                    stride(from: 0, to: events.count, by: batchCount).map {
                        HTTPLoad.request(events[$0..<$0 + batchCount])
                    }
                }
                try await bench.settle()
                let load = HTTPLoad(port: service.port, connectionCount: count)
                rates.append(Double(batchCount) * (try await load.run(requests.count, expecting: 201) { requests[$0] }))
            }
            return rates
        }
    }
}
