import ArgumentParser

/// How a command prints its data.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people; fits the terminal.
    case table
    /// One object, as the HTTP API answers it.
    case json
    /// An object a line.
    case ndjson
    /// RFC 4180.
    case csv
}
