/// One thing that goes wrong.
struct Fault: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case postmasterKilled = "postmaster killed"
        case postmasterRestartedSlowly = "postmaster killed and restarted slowly"
        case backendKilled = "backend killed"
        case backendTerminated = "backend terminated"
        case writingBackendStopped = "backend stopped while writing"
        case sequencingBackendStopped = "backend stopped while sequencing"
        case replicaKilled = "replica killed"
        case replicaTerminated = "replica asked to end"
        case replicaStopped = "replica stopped for a while"
        case skillKilled = "skill killed with a full buffer"
        case skillTerminated = "skill ended in good order"
        case copyCut = "connection cut in COPY"
        case copyFrozen = "connection frozen in COPY"
        case commitCut = "connection cut before COMMIT"
        case commitUnheard = "connection lost before COMMIT, unnoticed by the server"
        case commitAnswerLost = "answer to COMMIT lost"
        case connectionCut = "connection cut at some byte"
        case everythingCut = "all connections cut"
        case everythingFrozen = "all connections frozen"
        case everythingDelayed = "all connections delayed"
        case connectionsRefused = "new connections refused"
        case foreignTransaction = "foreign transaction held open"
        case tableLocked = "table locked"
        case migrationRun = "migration run"
        case spoolDiskFilled = "disk under a spool full"
        case serverDiskFilled = "disk under PostgreSQL full"
        case serverClockStepped = "clock of PostgreSQL set forth and back"
        case replicaClockStepped = "clock of a replica set forth and back"
        case machineClockStepped = "clock of PostgreSQL and all replicas set forth and back"
    }

    let kind: Kind
    /// For how long, where it lasts.
    let span: Duration
    /// How many bytes go before it, where it waits for some.
    let byteCount: Int
    /// Chooses among those whom it may happen to.
    let choice: Int

    /// `kind` with the rest drawn from `generator`.
    ///
    /// - Parameter mayBeLong: whether some last longer than anybody waits for an answer.
    init(_ kind: Kind, mayBeLong: Bool, using generator: inout SeededGenerator) {
        self.kind = kind
        let usual = generator.duration(milliseconds: Self.spans[kind] ?? 300...3000)
        let isLong = generator.oneIn(8) && mayBeLong && Self.stretchable.contains(kind)
        span = isLong ? usual * 12 : usual
        byteCount = Int.random(in: 0...Self.maximumByteCount, using: &generator)
        choice = Int.random(in: 0..<1 << 30, using: &generator)
    }

    private static let maximumByteCount = 40_000

    private static let stretchable: Set<Kind> = [
        .writingBackendStopped, .sequencingBackendStopped, .replicaStopped, .copyFrozen, .everythingFrozen,
        .connectionsRefused, .foreignTransaction, .tableLocked, .serverClockStepped, .replicaClockStepped,
        .machineClockStepped,
    ]

    /// In milliseconds.
    private static let spans: [Kind: ClosedRange<Int>] = [
        .postmasterRestartedSlowly: 2000...6000, .writingBackendStopped: 300...5000,
        .sequencingBackendStopped: 300...4000, .replicaStopped: 300...4000, .everythingDelayed: 1000...4000,
        .foreignTransaction: 3000...15000, .tableLocked: 100...2500, .spoolDiskFilled: 2000...6000,
        .serverDiskFilled: 200...2500, .serverClockStepped: 1000...6000, .replicaClockStepped: 1000...6000,
        .machineClockStepped: 1000...6000,
    ]
}
