import ArgumentParser
import Foundation
import LedgerReporting

extension ReportCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the reports and their parameters.", usage: "runledger report list [<options>]")

        /// How the catalogue is printed.
        enum Format: String, ExpressibleByArgument, CaseIterable {
            /// For people.
            case table
            /// One object, as the HTTP API answers it.
            case json
        }

        @OptionGroup var reports: ReportsDirectoryOption

        @Option(help: "How to print them.")
        var format: Format = .table

        @OptionGroup var settingsFile: ConfigOption

        func run() async throws {
            let catalogue = try reports.catalogue(try await Settings(file: settingsFile.config))
            switch format {
            case .json: try Terminal.write(catalogue.json + [UInt8(ascii: "\n")])
            case .table: for definition in catalogue.definitions { try Terminal.write(definition.listing) }
            }
        }
    }
}

extension ReportDefinition {
    /// The report as `report list` shows it, with an empty line behind.
    fileprivate var listing: String {
        let width = parameters.map(\.option.count).max() ?? 0
        let lines = parameters.map { parameter in
            let option = parameter.option.padding(toLength: width, withPad: " ", startingAt: 0)
            return "  \(option)  \(parameter.summary)\(parameter.facts)"
        }
        return """
            \(Style.bold(name))
              \(summary)
              Columns: \(columns.map(\.name).joined(separator: ", "))
            \(lines.map { $0 + "\n" }.joined())

            """
    }
}

extension ReportDefinition.Parameter {
    /// How the command takes it, and its type.
    fileprivate var option: String {
        switch (name, type) {
        case ("exact", .boolean): "--exact"
        case ("since", _), ("until", _), ("node", _), ("limit", _): "--\(name) <\(type.rawValue)>"
        default: "--set \(name)=<\(type.rawValue)>"
        }
    }

    /// What else is to be known of its values, in parentheses.
    fileprivate var facts: String {
        var facts: [String] = []
        if !choices.isEmpty { facts.append("one of " + choices.joined(separator: ", ")) }
        if type == .texts { facts.append("repeat for several") }
        if isRequired { facts.append("needed") }
        if let defaultText { facts.append("default: \(defaultText)") }
        return facts.isEmpty ? "" : " (\(facts.joined(separator: "; ")))"
    }
}
