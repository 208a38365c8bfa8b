/// The reports of this directory.
package enum BuiltInReports {
    /// The text of each file by its name; adding a file adds a report.
    package static let files = EmbeddedSQL.files
}
