import Foundation

extension FaultInjector {
    /// Faults of replicas and skills, and what operators do meanwhile.
    func happenToProcess(_ fault: Fault) async throws -> Bool {
        let replica = world.replicaProcesses[fault.choice % world.replicaProcesses.count]
        let skill = world.skills[fault.choice % world.skills.count]
        switch fault.kind {
        case .replicaKilled: return replica.send(SIGKILL)
        case .replicaTerminated:
            try await replica.end(with: SIGTERM, patience: Self.endPatience)
            return true
        case .replicaStopped:
            guard replica.send(SIGSTOP) else { return false }
            try? await Task.sleep(for: fault.span)
            replica.send(SIGCONT)
            return true
        case .skillKilled:
            guard skill.send(SIGUSR1) else { return false }
            try await Task.sleep(for: fault.span / 6)
            return skill.send(SIGKILL)
        case .skillTerminated:
            try await skill.end(with: SIGINT, patience: Self.endPatience)
            return true
        case .migrationRun:
            await waitForServer()
            return try await world.command(["migrate", "up"]).isGood
        case .spoolDiskFilled:
            guard let disk = world.spoolDisk else { return false }
            world.tinySkill.send(SIGUSR1)
            await disk.fill(for: fault.span)
            return true
        case .serverDiskFilled:
            guard let disk = world.serverDisk else { return false }
            await disk.fill(for: fault.span)
            return true
        default: return false
        }
    }

    /// Who takes longer to end is killed, and told of.
    static let endPatience = Duration.seconds(30)
}
