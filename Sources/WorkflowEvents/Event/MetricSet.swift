/// The metrics of an event: numbers by name, in the order in which they were first set.
///
/// An execution sets a handful of metrics, so names are searched linearly: at that size an array of pairs is twice as
/// fast to fill as a dictionary. Two sets are equal if they hold the same numbers under the same names, in any order.
///
/// ```swift
/// var metrics: MetricSet = ["lines_generated": 42]
/// metrics["avg_line_length"] = 8.5
/// ```
public struct MetricSet: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var pairs: [(name: String, value: MetricValue)] = []
    /// The names whose last assignment was infinite or not a number, with what was assigned.
    package private(set) var nonFinite: [(name: String, value: String)] = []

    /// No metrics.
    public init() {}

    /// The metrics of a literal; the last of two with one name counts.
    public init(dictionaryLiteral elements: (String, MetricValue)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// Pairs that are known to have distinct names.
    package init(distinct pairs: [(name: String, value: MetricValue)]) {
        self.pairs = pairs
    }

    /// The metric called `name`; setting `nil` removes it.
    public subscript(name: String) -> MetricValue? {
        get { pairs.first { $0.name == name }?.value }
        set { set(name, newValue) }
    }

    /// The metric called `name` as a Swift number.
    ///
    /// Reading gives `nil` if there is no such metric or the type cannot hold it exactly. Setting an infinite number or
    /// a NaN removes the metric; the event then has an issue that names it instead.
    @inlinable
    public subscript<Number: MetricNumber>(name: String) -> Number? {
        get { self[name].flatMap(Number.init(metric:)) }
        set {
            guard let number = newValue else { return set(name, nil) }
            if let value = number.metricValue {
                set(name, value)
            } else {
                setNonFinite(name, "\(number)")
            }
        }
    }

    /// Sets every metric of `numbers`, in the order of their names.
    public mutating func merge(_ numbers: [String: some MetricNumber]) {
        for (name, number) in numbers.sorted(by: { $0.key < $1.key }) { self[name] = number }
    }

    @usableFromInline
    mutating func set(_ name: String, _ value: MetricValue?) {
        if !nonFinite.isEmpty { nonFinite.removeAll { $0.name == name } }
        let index = pairs.firstIndex { $0.name == name }
        switch (index, value) {
        case (let index?, let value?): pairs[index].value = value
        case (nil, let value?): append(name, value)
        case (let index?, nil): pairs.remove(at: index)
        case (nil, nil): break
        }
    }

    @usableFromInline
    mutating func setNonFinite(_ name: String, _ value: String) {
        set(name, nil)
        nonFinite.append((name, value))
    }

    private mutating func append(_ name: String, _ value: MetricValue) {
        // An array that grows by itself would be moved three times on the way to a handful.
        if pairs.isEmpty { pairs.reserveCapacity(Self.usualCount) }
        pairs.append((name, value))
    }

    private static let usualCount = 8
}

extension MetricSet: RandomAccessCollection {
    /// The place of the metric that was set first.
    public var startIndex: Int { pairs.startIndex }
    /// The place behind the metric that was set last.
    public var endIndex: Int { pairs.endIndex }
    /// The metric at `position`.
    public subscript(position: Int) -> (name: String, value: MetricValue) { pairs[position] }
}

extension MetricSet: Hashable {
    /// Whether both hold the same numbers under the same names, in any order.
    public static func == (lhs: MetricSet, rhs: MetricSet) -> Bool {
        lhs.count == rhs.count && lhs.pairs.allSatisfy { rhs[$0.name] == $0.value }
    }

    /// Hashes names and numbers, whatever their order.
    public func hash(into hasher: inout Hasher) {
        for (name, value) in pairs.sorted(by: { $0.name < $1.name }) {
            hasher.combine(name)
            hasher.combine(value)
        }
    }
}
