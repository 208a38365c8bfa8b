import Foundation
import Synchronization

/// Has faults happen, and counts those that found somebody to happen to.
final class FaultInjector: Sendable {
    let world: World
    private let counts = Mutex<[Fault.Kind: Int]>([:])
    private let lines = Mutex<[String]>([])

    init(world: World) {
        self.world = world
    }

    /// How often each kind happened.
    var tally: [Fault.Kind: Int] { counts.withLock(\.self) }

    /// What came when, for how long, and whether it found somebody.
    var timeline: [String] { lines.withLock(\.self) }

    /// Has everything in `schedule` happen; returns when the last of it is over.
    func run(_ schedule: Schedule) async throws {
        let begin = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for entry in schedule.entries {
                try await Task.sleep(until: begin + entry.time)
                group.addTask {
                    let start = Date.now
                    let failure = await self.happen(entry.fault)
                    self.note(entry.fault, from: start, failure)
                }
            }
            try await group.waitForAll()
        }
    }

    private func note(_ fault: Fault, from start: Date, _ failure: String?) {
        if failure == nil { counts.withLock { $0[fault.kind, default: 0] += 1 } }
        let times = [start, .now].map { $0.formatted(.iso8601.time(includingFractionalSeconds: true)) }
        lines.withLock { $0.append("\(times.joined(separator: " to ")) \(fault.kind.rawValue) \(failure ?? "")") }
    }

    /// Why it found nobody to happen to; `nil` where it did.
    private func happen(_ fault: Fault) async -> String? {
        do {
            return try await hasHappened(fault) ? nil : "found nobody"
        } catch {
            // Other faults may have taken away what this one needed.
            return "\(error)"
        }
    }

    private func hasHappened(_ fault: Fault) async throws -> Bool {
        switch fault.kind {
        case .postmasterKilled, .postmasterRestartedSlowly, .backendKilled, .backendTerminated,
            .writingBackendStopped, .sequencingBackendStopped, .foreignTransaction, .tableLocked:
            return try await happenInServer(fault)
        case .replicaKilled, .replicaTerminated, .replicaStopped, .skillKilled, .skillTerminated, .migrationRun,
            .spoolDiskFilled, .serverDiskFilled:
            return try await happenToProcess(fault)
        case .copyCut, .copyFrozen, .commitCut, .commitUnheard, .commitAnswerLost, .connectionCut,
            .everythingCut, .everythingFrozen, .everythingDelayed, .connectionsRefused:
            return try await happenToConnections(fault)
        case .serverClockStepped, .replicaClockStepped, .machineClockStepped:
            return try await happenToClocks(fault)
        }
    }
}
