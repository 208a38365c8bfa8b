package import LedgerReporting

/// A file of schedules, `schedules.yaml`.
///
/// ```yaml
/// schedules:
///   - name: nightly-failures        # a-z, 0-9 and -, unique
///     report: failures-by-node      # or reports: [failures-by-node, average-duration]
///     parameters: { node: LYRICS, limit: 100 }
///     cron: "0 6 * * MON-FRI"
///     time_zone: Europe/Zurich      # UTC unless set
///     window: yesterday             # all unless set
///     formats: [html, csv]          # of table, json, ndjson, csv, markdown and html; [html] unless set
///     catch_up: latest              # all, latest or none; latest unless set
///     deliveries:
///       - directory: /var/reports
///         file: "{schedule}/{date}-{report}.{extension}"     # this, unless set
///       - webhook: https://example.com/hook
///         secret_env: RUNLEDGER_WEBHOOK_SECRET               # or secret_file
/// ```
///
/// Anchors and aliases may be used, but for an alias of an alias; merge keys (`<<`) are unknown.
package struct ScheduleFile: Sendable, Hashable {
    /// Something wrong in a file.
    package struct Mistake: Sendable, Hashable, CustomStringConvertible {
        /// The name of the file, as it was given.
        package var file: String
        /// From 1 on.
        package var line: Int
        /// What is wrong and what would be right.
        package var reason: String

        /// `schedules.yaml:12: …`
        package var description: String { "\(file):\(line): \(reason)" }
    }

    /// In the order of the file; 1 to 200.
    package let schedules: [Schedule]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - text: The file's contents, at most 256 KiB.
    ///   - file: Its name, for messages.
    ///   - reports: The parameters of every report there is, by the report's name.
    /// - Throws: ``ScheduleError`` `badFile` with every mistake, by line. A file that is no YAML has one, the first; so has
    ///   one in which a key stands twice.
    package init(
        _ text: String, file: String, reports: [String: [ReportDefinition.Parameter]]
    ) throws(ScheduleError) {
        var reader = ScheduleFileReader(file: file, reports: reports)
        self.schedules = reader.read(text)
        guard reader.mistakes.isEmpty else {
            let mistakes = reader.mistakes.sorted { ($0.line, $0.reason) < ($1.line, $1.reason) }
            var error = ScheduleError(.badFile, mistakes.map(\.description).joined(separator: "\n"))
            error.mistakes = mistakes
            throw error
        }
    }

    /// Size of a file in bytes.
    package static let maximumBytes = 256 * 1024
    static let maximumScheduleCount = 200
    static let maximumReportCount = 20
    static let maximumParameterCount = 50
    static let maximumDeliveryCount = 10
    static let maximumNameBytes = 64
}
