/// The room that a chart is drawn for; a page holds one drawing for each and shows the one that fits.
package enum ChartSize: String, Sendable, CaseIterable {
    /// A screen or a sheet of paper.
    case wide
    /// A phone.
    case narrow

    /// In pixels.
    package var width: Double {
        switch self {
        case .wide: 760
        case .narrow: 340
        }
    }
}
