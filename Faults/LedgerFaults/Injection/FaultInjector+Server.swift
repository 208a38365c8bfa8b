import Foundation
import LibPQ

extension FaultInjector {
    /// Faults of PostgreSQL, and of what others do in it.
    func happenInServer(_ fault: Fault) async throws -> Bool {
        let postmaster = Postmaster(dataDirectory: world.dataDirectory)
        let killsPostmaster = [.postmasterKilled, .postmasterRestartedSlowly].contains(fault.kind)
        if !killsPostmaster { await waitForServer() }
        switch fault.kind {
        case .postmasterKilled: return await postmaster.kill()
        case .postmasterRestartedSlowly: return await postmaster.killForLong(fault.span)
        case .backendKilled:
            guard let processID = try await backend(where: "true", fault) else { return false }
            return kill(processID, SIGKILL) == 0
        case .backendTerminated:
            guard let processID = try await backend(where: "true", fault) else { return false }
            return try await world.value("select pg_terminate_backend(\(processID))", as: Bool.self)
        case .writingBackendStopped: return try await stop(Self.writing, fault)
        case .sequencingBackendStopped: return try await stop(Self.sequencing, fault)
        case .foreignTransaction: return try await holdTransaction(for: fault.span)
        case .tableLocked: return try await lockTable(fault)
        default: return false
        }
    }

    /// Waits until PostgreSQL answers, for a while.
    func waitForServer() async {
        let deadline = ContinuousClock.now + .seconds(8)
        while (try? await world.value("select true", as: Bool.self)) == nil, ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return }
        }
    }

    private static let writing: PostgresQuery =
        "state = 'active' and (query ilike 'copy %' or query ilike 'insert into event_batches%' or query = 'COMMIT')"
    private static let sequencing: PostgresQuery =
        "state = 'active' and (query ilike '%sequence(%' or query ilike '%roll_up(%')"
    private static let searchCount = 150

    /// A backend of runledger's clients that is seen in the state `condition`, if one is before long.
    private func backend(where condition: PostgresQuery, _ fault: Fault) async throws -> Int32? {
        try await world.withAdministrator { connection in
            for _ in 0..<Self.searchCount {
                let rows = try await connection.query(
                    """
                    select pid from pg_stat_activity
                    where backend_type = 'client backend' and pid <> pg_backend_pid() and usename = 'runledger_writer'
                        and (\(condition))
                    order by pid
                    """)
                if !rows.isEmpty { return try rows[fault.choice % rows.count].decode(Int32.self) }
                try await Task.sleep(for: .milliseconds(10))
            }
            return nil
        }
    }

    private func stop(_ condition: PostgresQuery, _ fault: Fault) async throws -> Bool {
        guard let processID = try await backend(where: condition, fault), kill(processID, SIGSTOP) == 0 else {
            return false
        }
        try? await Task.sleep(for: fault.span)
        kill(processID, SIGCONT)
        return true
    }

    /// A transaction that has a number and does nothing more.
    private func holdTransaction(for span: Duration) async throws -> Bool {
        try await world.withAdministrator { connection in
            try await connection.execute("begin isolation level repeatable read")
            _ = try await connection.query("select pg_current_xact_id()::text")
            try await Task.sleep(for: span)
            // It may have ended with its server.
            _ = try? await connection.execute("rollback")
            return true
        }
    }

    private func lockTable(_ fault: Fault) async throws -> Bool {
        let table = ["workflow_events", "event_batches", "ingest_keys", "rollup"][fault.choice % 4]
        try await world.withAdministrator { connection in
            try await connection.execute("set lock_timeout = '5s'")
            try await connection.execute("begin")
            try await connection.execute("lock table \(identifier: table) in share mode")
            try await Task.sleep(for: fault.span)
            // Whoever waits for long may have ended it.
            _ = try? await connection.execute("rollback")
        }
        return true
    }
}
