/// A Swift number that can be a metric: the integers, the floating-point types and ``MetricValue`` itself.
///
/// Text and booleans are not numbers, so `state.metrics["status"] = "complete"` does not compile.
public protocol MetricNumber: Sendable {
    /// This number as a metric, or `nil` if it is infinite or not a number.
    var metricValue: MetricValue? { get }
    /// `metric` as this type, or `nil` if it cannot hold it exactly (an integer type and 0.5).
    init?(metric: MetricValue)
}

extension MetricNumber where Self: BinaryInteger {
    /// This integer; one beyond 64 bits signed as the nearest double.
    @inlinable public var metricValue: MetricValue? { MetricValue(self) }
    /// The metric, if it is a whole number that this type can hold.
    @inlinable public init?(metric: MetricValue) {
        guard let value = metric.integerValue ?? Int64(exactly: metric.doubleValue) else { return nil }
        self.init(exactly: value)
    }
}

extension MetricNumber where Self: BinaryFloatingPoint {
    /// This number, or `nil` if it is infinite or not a number.
    @inlinable public var metricValue: MetricValue? { MetricValue(Double(self)) }
    /// The metric, rounded to this type.
    @inlinable public init?(metric: MetricValue) { self.init(metric.doubleValue) }
}

extension Int: MetricNumber {}
extension Int8: MetricNumber {}
extension Int16: MetricNumber {}
extension Int32: MetricNumber {}
extension Int64: MetricNumber {}
extension UInt: MetricNumber {}
extension UInt8: MetricNumber {}
extension UInt16: MetricNumber {}
extension UInt32: MetricNumber {}
extension UInt64: MetricNumber {}
extension Double: MetricNumber {}
extension Float: MetricNumber {}

extension MetricValue: MetricNumber {
    /// This metric.
    @inlinable public var metricValue: MetricValue? { self }
    /// The metric itself.
    @inlinable public init?(metric: MetricValue) { self = metric }
}
