/// A finite number measured by a skill.
///
/// Integers stay integers, but an integer and a double that are the same number are equal. A number that is neither an
/// `Int64` nor exactly a `Double` (a long decimal read from JSON) keeps its digits, and equals only the same digits.
public struct MetricValue: Sendable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    @usableFromInline
    package enum Storage: Sendable, Hashable {
        case integer(Int64)
        case double(Double)
        /// A JSON number, checked to be finite as a double and at most 40 characters long.
        case literal(String)
    }

    @usableFromInline
    package let storage: Storage

    @usableFromInline
    package init(storage: Storage) {
        self.storage = storage
    }

    /// `value`, as an integer.
    public init(integerLiteral value: Int64) {
        self.storage = .integer(value)
    }

    /// `value`; a literal is always finite, an overflowing one becomes the greatest finite double.
    public init(floatLiteral value: Double) {
        self.storage = .double(value.isFinite ? value : .greatestFiniteMagnitude)
    }

    /// `value`, or `nil` if it is infinite or not a number.
    @inlinable
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.init(storage: .double(value))
    }

    /// `value`, as an integer; one beyond 64 bits signed becomes the nearest finite double.
    @inlinable
    public init(_ value: some BinaryInteger) {
        if let exact = Int64(exactly: value) {
            self.init(storage: .integer(exact))
        } else {
            let limit = Double.greatestFiniteMagnitude
            self.init(storage: .double(min(max(Double(value), -limit), limit)))
        }
    }

    /// The nearest double.
    public var doubleValue: Double {
        switch storage {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .literal(let text): Double(text) ?? 0
        }
    }

    /// The value as an integer, or `nil` if it is not stored as one that fits 64 bits.
    public var integerValue: Int64? {
        if case .integer(let value) = storage { value } else { nil }
    }
}

extension MetricValue: Hashable {
    /// Whether the two are the same number.
    public static func == (lhs: MetricValue, rhs: MetricValue) -> Bool {
        switch (lhs.storage, rhs.storage) {
        case (.integer(let integer), .double(let double)), (.double(let double), .integer(let integer)):
            Int64(exactly: double) == integer
        default:
            lhs.storage == rhs.storage
        }
    }

    /// Hashes equal numbers alike, however they are stored.
    public func hash(into hasher: inout Hasher) {
        if case .double(let double) = storage, let integer = Int64(exactly: double) {
            hasher.combine(Storage.integer(integer))
        } else {
            hasher.combine(storage)
        }
    }
}

extension MetricValue: CustomStringConvertible {
    /// The value as a JSON number.
    public var description: String {
        switch storage {
        case .integer(let value): String(value)
        case .double(let value): String(value)
        case .literal(let text): text
        }
    }
}
