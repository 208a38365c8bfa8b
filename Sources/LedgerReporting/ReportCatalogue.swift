import LedgerReports

/// The reports there are.
package struct ReportCatalogue: Sendable {
    /// By name, in alphabetical order.
    package let definitions: [ReportDefinition]

    /// A catalogue of `definitions`.
    package init(_ definitions: [ReportDefinition]) {
        self.definitions = definitions.sorted { $0.name < $1.name }
    }

    /// The built-in reports: every file of `reports/`.
    ///
    /// - Throws: ``ReportError`` `badDefinition`, which a test makes sure a release does not.
    package static func builtIn() throws(ReportError) -> ReportCatalogue {
        var definitions: [ReportDefinition] = []
        for (file, text) in BuiltInReports.files { definitions.append(try ReportDefinition(file: file, text: text)) }
        return ReportCatalogue(definitions)
    }

    /// The report called `name`.
    package func report(_ name: String) throws(ReportError) -> ReportDefinition {
        guard let definition = definitions.first(where: { $0.name == name }) else {
            let known = definitions.map(\.name).joined(separator: ", ")
            throw ReportError(.unknownReport, "There is no report `\(name)`; the reports are \(known).")
        }
        return definition
    }
}
