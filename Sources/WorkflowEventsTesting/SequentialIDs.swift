#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import Synchronization
public import WorkflowEvents

/// Identifiers that are the same in every run of a test: `00000000-0000-7000-8000-000000000001`, `…2` and so on.
public final class SequentialIDs: EventIDSource {
    private let count = Atomic<UInt64>(0)

    /// A source that begins at 1.
    public init() {}

    /// The next identifier, whatever the time.
    public func next(at time: Timestamp) -> UUID {
        Self.id(count.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// The identifier that is given as number `number`.
    public static func id(_ number: UInt64) -> UUID {
        UUID(highBits: 0x7000, lowBits: 0x8000_0000_0000_0000 | number)
    }
}
