/// What the operations cost of which everything else is made.
struct MicroMeasure {
    let bench: Workbench

    func run() async throws -> Findings {
        var rows = try EmitCosts().costs().map { try $0.row() }
        rows += try await DurableSinkCosts(directory: bench.directory).rows()
        rows += try JSONCosts(bench).costs().map { try $0.row() }
        rows += try [CopyCosts(bench).cost().row()]
        rows += try await FrameCosts(bench).costs().map { try $0.row() }
        return Findings(micro: [MicroCost.table(rows)])
    }
}
