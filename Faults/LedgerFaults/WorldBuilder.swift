import Foundation
import WorkflowEventsPostgres

/// Puts a world together; nothing in it runs yet.
struct WorldBuilder {
    let seed: UInt64
    let runledger: String
    let details: Details
    let ledger: LedgerDatabase
    let dataDirectory: String
    /// The replicas' and the skills'.
    let proxies: [FaultyProxy]
    let spoolDisk: SmallDisk?
    let serverDisk: SmallDisk?
    let clocks: SteppedClocks?

    static let replicaCount = 2

    func build() throws -> World {
        let replicas = Replicas(ports: try FreePort.find(Self.replicaCount))
        return World(
            seed: seed, ledger: ledger, dataDirectory: dataDirectory, runledger: runledger, details: details,
            replicas: replicas,
            replicaProcesses: replicas.ports.enumerated().map { replica($0 + 1, port: $1) },
            proxies: proxies,
            skills: [
                try skill("skill-postgres", through: proxies[1]),
                try skill("skill-postgres-spool", through: proxies[1], ["--spool-first"]),
                try skill("skill-http", to: replicas.urls[0]),
                try skill("skill-http-spool", to: replicas.urls[1], ["--spool-first"]),
            ],
            tinySkill: try skill(
                "skill-tiny", through: proxies[1], ["--tiny"], spool: spoolDisk.map { $0.path + "/spool" }),
            spoolDisk: spoolDisk, serverDisk: serverDisk, clocks: clocks)
    }

    private func replica(_ number: Int, port: Int) -> SupervisedProcess {
        var environment = [
            "RUNLEDGER_ADMIN_TOKEN": Replicas.token, "RUNLEDGER_LOG_LEVEL": "notice",
            "RUNLEDGER_DATABASE_CONNECTIONS": "10",
        ]
        if let clocks { environment["LD_PRELOAD"] = clocks.replicas[number - 1].preload }
        return SupervisedProcess(
            "replica-\(number)", executable: runledger,
            arguments: ["serve", "--port", "\(port)", "--database-url", url(through: proxies[0])],
            environment: environment, logPath: details.file("replica-\(number).log"))
    }

    private func skill(
        _ name: String, through proxy: FaultyProxy, _ flags: [String] = [], spool: String? = nil
    ) throws -> SupervisedProcess {
        try skill(name, ["--sink", "postgres", "--url", url(through: proxy)] + flags, spool: spool)
    }

    private func skill(_ name: String, to url: String, _ flags: [String] = []) throws -> SupervisedProcess {
        try skill(name, ["--sink", "http", "--url", url] + flags, spool: nil)
    }

    private func skill(_ name: String, _ sink: [String], spool: String?) throws -> SupervisedProcess {
        guard let program = Bundle.main.executablePath else { throw FaultsError("this program does not find itself") }
        let spool = try spool ?? details.directory("spool-" + name)
        let journal = Self.journal(name, in: details)
        return SupervisedProcess(
            name, executable: program,
            arguments: ["skill", "--name", name, "--spool", spool, "--journal", journal, "--seed", "\(seed)"] + sink,
            environment: ["RUNLEDGER_TOKEN": Replicas.token], logPath: details.file(name + ".log"))
    }

    /// The role that stores events, through `proxy`.
    private func url(through proxy: FaultyProxy) -> String {
        "postgresql://runledger_writer@/runledger?host=\(proxy.directory)&port=5432"
    }

    /// Whether the skill `name` has every event on disk before it counts as emitted.
    static func isSpoolFirst(_ name: String) -> Bool { name.hasSuffix("-spool") }

    /// The file of a writer's journal.
    static func journal(_ name: String, in details: Details) -> String { details.file(name + ".journal") }
}
