extension Report {
    /// How the percentiles of an answer came about.
    package enum Percentiles: String, Sendable, Hashable {
        /// From every value.
        case exact
        /// From a sketch, with a bounded relative error.
        case sketched
    }
}
