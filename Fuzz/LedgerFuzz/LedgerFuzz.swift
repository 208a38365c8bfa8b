import Dispatch
import Foundation
import FuzzTargets

/// Looks for inputs of a target for which something does not hold; see `script/fuzz`.
///
/// `ledger-fuzz TARGET` and libFuzzer's options fuzz, if it was built with `-sanitize=fuzzer -DFUZZING`; else the operands
/// are files, each of which is looked at once.
@main
struct LedgerFuzz {
    /// Names the target where the arguments do not.
    static let targetVariable = "RUNLEDGER_FUZZ_TARGET"

    static func main() {
        var arguments = CommandLine.arguments.dropFirst()
        let name = ProcessInfo.processInfo.environment[targetVariable] ?? arguments.popFirst()
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
            fail("usage: ledger-fuzz TARGET [ARGUMENT …]; targets are \(names)", status: 64)
        }
        #if FUZZING
            fuzz(target, arguments)
        #else
            for path in arguments {
                guard let input = FileManager.default.contents(atPath: path) else {
                    fail("\(path) cannot be read", status: 66)
                }
                check(target, Array(input))
            }
        #endif
    }

    /// Ends the process where something does not hold for `input`.
    static func check(_ target: FuzzTarget, _ input: [UInt8]) {
        do {
            switch target.check {
            case .immediate(let check): try check(input)
            case .suspending(let check): try wait { try await check(input) }
            }
        } catch {
            // libFuzzer keeps the input of a process that traps.
            FileHandle.standardError.write(Data("\(target.name): \(error)\n".utf8))
            fatalError("a property does not hold")
        }
    }

    /// Runs `body` on other threads and waits for it.
    private static func wait(_ body: @escaping @Sendable () async throws -> Void) throws {
        let outcome = Outcome()
        Task.detached {
            do { try await body() } catch { outcome.error = error }
            outcome.isKnown.signal()
        }
        outcome.isKnown.wait()
        if let error = outcome.error { throw error }
    }

    /// Written before the signal and read after it.
    private final class Outcome: @unchecked Sendable {
        let isKnown = DispatchSemaphore(value: 0)
        var error: (any Error)?
    }

    static func fail(_ message: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }
}
