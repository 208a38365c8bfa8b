import WorkflowEvents

/// What became of the lines of a file.
struct IngestReport: Sendable {
    var accepted = 0
    var duplicates = 0
    var refused = 0

    var lineCount: Int { accepted + duplicates + refused }

    /// `{"accepted":…,"duplicates":…,"refused":…}`
    var json: String {
        "{\"accepted\":\(accepted),\"duplicates\":\(duplicates),\"refused\":\(refused)}"
    }
}
