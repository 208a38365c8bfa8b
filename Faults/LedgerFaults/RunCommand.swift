import ArgumentParser
import Foundation

/// One run: a ledger, its writers and readers, faults for a while, and then the checks.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs one schedule of faults; `run` may be left out.")

    @Option(help: "How long faults happen; may be a fraction.")
    var minutes = 5.0

    @Option(help: "The seed of the schedule; the same seed repeats it. (default: a new one)")
    var seed: UInt64?

    @Option(help: "The `runledger` executable that is put to the test.")
    var runledger: String

    @Option(help: "Where logs and differences are kept when a check fails. (default: a new directory in /tmp)")
    var details: String?

    @Flag(help: "Keep them where every check holds, too.")
    var keep = false

    func validate() throws {
        guard minutes > 0, minutes <= 10_000 else { throw ValidationError("--minutes must be above 0.") }
    }

    func run() async throws {
        let seed = seed ?? UInt64.random(in: 1...999_999)
        let details = try Details(path: details ?? "/tmp/runledger-faults-\(seed)-\(UUID().uuidString.prefix(8))")
        let run = FaultRun(
            seed: seed, duration: .seconds(minutes * 60),
            runledger: URL(filePath: runledger).standardizedFileURL.path(), details: details)
        let verdict: Verdict
        do {
            verdict = try await interruptibly { try await run.run() }
        } catch {
            say("seed \(seed) was not brought to its end: \(error); logs are in \(details.path)")
            throw ExitCode.failure
        }
        print(verdict.text(detailsPath: details.path))
        guard verdict.isGood else { throw ExitCode.failure }
        if keep { say("logs are in \(details.path)") } else { details.remove() }
    }
}

/// Tells whoever watches what goes on.
func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
