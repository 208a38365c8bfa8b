/// Metrics in Prometheus' text format, version 0.0.4.
struct MetricsText {
    private(set) var text = ""

    /// Begins a metric. Its samples follow.
    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    /// A sample of the metric begun last.
    mutating func sample(_ name: String, labels: [(String, String)] = [], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}"
        }
        text += value == value.rounded() && abs(value) < 1e15 ? " \(Int64(value))\n" : " \(value)\n"
    }

    /// A metric of one sample.
    mutating func single(_ name: String, _ type: String, _ help: String, _ value: Double) {
        family(name, type, help)
        sample(name, value)
    }

    /// A histogram of one series.
    mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
        family(name, "histogram", help)
        var count = 0
        for (bound, bucket) in zip(histogram.bounds, histogram.counts) {
            count += bucket
            sample(name + "_bucket", labels: [("le", "\(bound)")], Double(count))
        }
        sample(name + "_bucket", labels: [("le", "+Inf")], Double(histogram.count))
        sample(name + "_sum", histogram.sum)
        sample(name + "_count", Double(histogram.count))
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

/// How often which sizes came, in fixed buckets.
struct Histogram {
    let bounds: [Double]
    /// How many fell into each bucket, the larger ones apart.
    private(set) var counts: [Int]
    private(set) var count = 0
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        self.counts = bounds.map { _ in 0 }
    }

    mutating func add(_ value: Double) {
        count += 1
        sum += value
        if let bucket = bounds.firstIndex(where: { value <= $0 }) { counts[bucket] += 1 }
    }
}
