/// A part of the ledger that reads what strangers write, and what holds for every input of it.
package struct FuzzTarget: Sendable {
    /// Gives the part an input and throws a ``PropertyViolation`` where something does not hold.
    package enum Check: Sendable {
        case immediate(@Sendable ([UInt8]) throws -> Void)
        /// Of a part that has threads of its own.
        case suspending(@Sendable ([UInt8]) async throws -> Void)
    }

    /// What the target is called, and the directory of its corpus.
    package let name: String
    /// Longer inputs show nothing that shorter ones do not.
    package let maximumBytes: Int
    package let check: Check

    /// Every target there is.
    package static let all: [FuzzTarget] = [.eventJSON, .webSocket, .reportHeader, .cron, .spool]

    /// Checks what holds for `input`.
    ///
    /// - Throws: ``PropertyViolation``.
    package func check(_ input: [UInt8]) async throws {
        switch check {
        case .immediate(let check): try check(input)
        case .suspending(let check): try await check(input)
        }
    }
}
