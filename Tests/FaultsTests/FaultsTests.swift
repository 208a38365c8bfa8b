import Foundation
import Subprocess
import SystemPackage
import Testing

/// The short version of `script/faults`.
@Suite("Faults", .serialized)
struct FaultsTests {
    @Test("A ledger that is broken on purpose keeps every promise", .timeLimit(.minutes(60)), arguments: [1, 2])
    func promises(seed: Int) async throws {
        try await expectAllChecksHold([
            "--minutes", "0.2", "--seed", "\(seed)", "--runledger", Self.programs.appending(path: "runledger").path(),
        ])
    }

    @Test("A foreign transaction that stays open makes nothing dearer", .timeLimit(.minutes(60)))
    func foreignTransaction() async throws {
        try await expectAllChecksHold(["foreign-transaction", "--batches", "8000"])
    }

    private func expectAllChecksHold(_ arguments: [String]) async throws {
        var options = PlatformOptions()
        // It has processes of its own to end.
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(60))]
        let result = try await Subprocess.run(
            .path(FilePath(Self.programs.appending(path: "ledger-faults").path())), arguments: Arguments(arguments),
            platformOptions: options, input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
        let summary = /All \d+ checks hold\.\n/
        #expect(result.standardOutput.contains(summary), "\(result.standardOutput)")
    }

    /// The directory that everything was built in.
    private static let programs: URL = {
        var directory = Bundle.main.bundleURL
        #if canImport(Darwin)
            if let bundle = Bundle.allBundles.first(where: { $0.bundlePath.hasSuffix(".xctest") }) {
                directory = bundle.bundleURL.deletingLastPathComponent()
            }
        #endif
        return directory
    }()
}
