/// One figure, its ceiling in the same run, and its goal.
struct ResultRow {
    var what: String
    var figure: String
    var ceiling: String
    var ratio: String
    var goal: String
    var isMet: Bool
}
