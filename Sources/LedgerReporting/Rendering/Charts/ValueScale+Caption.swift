extension ValueScale {
    /// What an axis says of itself: the name of the column, and the unit where the numbers do not say it alone.
    package func caption(of column: ReportDefinition.Column) -> String {
        unit.words.map { "\(column.name), in \($0)" } ?? column.name
    }
}
