/// Why a report was not made.
package struct ReportError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Sendable, Hashable {
        /// No report has this name.
        case unknownReport
        /// An argument is missing, unknown, or not of its parameter's type.
        case badArgument
        /// A report's file is wrong.
        case badDefinition
        /// The position asked for is not in the ledger.
        case badPosition
        /// The query failed or took too long.
        case failed
    }

    package var code: Code
    /// What happened and what to do.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
