import Foundation
import Synchronization

/// The wall clock of the programs that are started with its ``preload``, which faults set back and forth.
///
/// The machine's own clock, and the monotonic one, stay as they are.
final class SteppedClock: Sendable {
    /// What `LD_PRELOAD` has to be for a program to have this clock.
    let preload: String
    private let descriptor: Int32
    private let microseconds = Mutex<Int64>(0)

    private static let library = "libSteppedClock.so"

    /// Makes a clock with its files in `directory`; `nil` where programs cannot be given one.
    static func make(in directory: String) async throws -> SteppedClock? {
        let library = Bundle.main.bundlePath + "/" + library
        guard access(library, R_OK) == 0 else { return nil }
        let clock = try SteppedClock(library: library, directory: directory)
        return await clock.isObeyed() ? clock : nil
    }

    private init(library: String, directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        preload = directory + "/" + Self.library
        try FileManager.default.copyItem(atPath: library, toPath: preload)
        descriptor = open(preload + ".step", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FaultsError("\(preload).step cannot be written") }
        step(by: .zero)
    }

    deinit {
        close(descriptor)
    }

    /// Sets it forth, or back where `duration` is negative.
    func step(by duration: Duration) {
        microseconds.withLock { microseconds in
            microseconds += Int64(duration / .microseconds(1))
            var bytes = microseconds
            _ = pwrite(descriptor, &bytes, MemoryLayout<Int64>.size, 0)
        }
    }

    /// Whether a program goes by it; one that was built for a sanitizer cannot be loaded, for instance.
    private func isObeyed() async -> Bool {
        step(by: Self.trial)
        defer { step(by: .zero - Self.trial) }
        guard let outcome = try? await Program.run("/bin/date", ["+%s"], environment: ["LD_PRELOAD": preload]),
            outcome.isGood, let told = Double(outcome.output.filter { !$0.isNewline })
        else { return false }
        return told > Date.now.timeIntervalSince1970 + Double(Self.trial / .seconds(2))
    }

    private static let trial = Duration.seconds(86_400)
}

/// The clocks that faults step.
struct SteppedClocks: Sendable {
    /// PostgreSQL's.
    let server: SteppedClock
    /// Each replica's.
    let replicas: [SteppedClock]

    var all: [SteppedClock] { [server] + replicas }

    /// Makes one for PostgreSQL and `count` replicas; `nil` where programs cannot be given any.
    static func make(in directory: String, replicas count: Int) async throws -> SteppedClocks? {
        guard let server = try await SteppedClock.make(in: directory + "/server") else { return nil }
        var replicas: [SteppedClock] = []
        for number in 1...count {
            guard let clock = try await SteppedClock.make(in: directory + "/replica-\(number)") else { return nil }
            replicas.append(clock)
        }
        return SteppedClocks(server: server, replicas: replicas)
    }
}
