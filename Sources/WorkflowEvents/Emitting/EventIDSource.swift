#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Makes the identifiers of events and executions.
public protocol EventIDSource: Sendable {
    /// An identifier never given before, for something that happened at `time`.
    func next(at time: Timestamp) -> UUID
}

/// Time-ordered identifiers: ``UUIDv7``.
public struct UUIDv7Source: EventIDSource {
    /// A source of UUIDv7 identifiers.
    public init() {}

    /// A new UUIDv7.
    public func next(at time: Timestamp) -> UUID { UUIDv7.next(at: time) }
}
