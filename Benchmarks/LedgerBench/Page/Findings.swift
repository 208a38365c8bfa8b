/// What a measure has found.
struct Findings {
    /// Figures with a ceiling and a goal.
    var goals: [ResultRow] = []
    /// How cost grows with the size of something.
    var growth: [Table] = []
    /// What single operations cost.
    var micro: [Table] = []
}

extension Table {
    /// Rows with a goal, each naming the measure that it is of.
    static func goals(_ rows: [(measure: String, row: ResultRow)]) -> Table {
        Table(
            heading: "Goals",
            note: "The last column is what `script/bench --only` takes to measure a row again.",
            columns: ["measure", "ours", "ceiling in the same run", "ratio", "goal", "met", "`--only`"],
            rows: rows.map { measure, row in
                [row.what, row.figure, row.ceiling, row.ratio, row.goal, row.isMet ? "yes" : "no", "`\(measure)`"]
            })
    }
}
