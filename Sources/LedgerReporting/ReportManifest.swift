package import Foundation
package import WorkflowEvents
package import WorkflowEventsPostgres

/// What is kept beside a report's file, to ask the same question again and compare: the JSON of the answer without its
/// rows, the format of the file, and its SHA-256.
package struct ReportManifest: Sendable {
    package let report: String
    package let reportSHA256: String
    /// The release of runledger that wrote it.
    package let version: String
    /// What was asked, as text by the name of the parameter, once for each element of a list; those without a value are
    /// left out.
    package let arguments: [(name: String, text: String)]
    package let ledgerID: UUID
    package let bounds: ReadBounds
    package let generatedAt: Timestamp
    package let rowsSHA256: String
    /// The format of the file it stands beside.
    package let format: ReportFormat
    /// The SHA-256 of that file.
    package let fileSHA256: String
    /// Everything it says, by name.
    let members: [String: JSONValue]

    /// Reads the manifest `json`.
    ///
    /// - Throws: ``ReportError`` `badManifest` with what is missing.
    package init(json: Data) throws(ReportError) {
        let content: Content
        do {
            content = try JSONDecoder().decode(Content.self, from: json)
            members = try JSONDecoder().decode([String: JSONValue].self, from: json)
        } catch DecodingError.keyNotFound(let key, _) {
            throw Self.error("The manifest has no `\(key.stringValue)`.")
        } catch DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty {
            throw Self.error(of: context.codingPath)
        } catch DecodingError.valueNotFound(_, let context) where !context.codingPath.isEmpty {
            throw Self.error(of: context.codingPath)
        } catch {
            throw Self.error("The manifest is no JSON object.")
        }
        guard let format = ReportFormat(rawValue: content.format) else {
            throw Self.error("`format` of the manifest is none that runledger writes.")
        }
        guard let ledgerID = UUID(uuidString: content.ledger_id) else {
            throw Self.error("`ledger_id` of the manifest is no UUID.")
        }
        guard content.as_of_position >= 0 else {
            throw Self.error("`as_of_position` of the manifest is no position.")
        }
        report = content.report
        reportSHA256 = content.report_sha256
        version = content.version
        self.ledgerID = ledgerID
        rowsSHA256 = content.rows_sha256
        self.format = format
        fileSHA256 = content.file_sha256
        arguments = content.parameters.sorted { $0.key < $1.key }.flatMap { name, argument in
            argument.texts.map { (name, $0) }
        }
        generatedAt = try Self.time(content.generated_at)
        bounds = ReadBounds(
            asOf: .position(content.as_of_position), recordedSince: try content.recorded_since.map(Self.time),
            recordedUntil: try content.recorded_until.map(Self.time))
    }

    private static func time(_ text: String) throws(ReportError) -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else { throw error("`\(text)` in the manifest is no time.") }
        return time
    }

    private static func error(of path: [any CodingKey]) -> ReportError {
        let path = path.map(\.stringValue).joined(separator: ".")
        return error("`\(path)` of the manifest is of another type than runledger writes.")
    }

    private static func error(_ message: String) -> ReportError {
        ReportError(.badManifest, message)
    }

    /// The members as they are written.
    private struct Content: Decodable {
        var report: String
        var report_sha256: String
        var version: String
        var parameters: [String: Argument]
        var ledger_id: String
        var as_of_position: Int64
        var recorded_since: String?
        var recorded_until: String?
        var generated_at: String
        var rows_sha256: String
        var format: String
        var file_sha256: String
    }

    /// A value of a parameter.
    private struct Argument: Decodable {
        /// One for each element of a list; none for `null`.
        var texts: [String]

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                texts = []
            } else if let flag = try? value.decode(Bool.self) {
                texts = [String(flag)]
            } else if let number = try? value.decode(Int64.self) {
                texts = [String(number)]
            } else if let number = try? value.decode(Double.self) {
                texts = [ReportValue.shortest(number)]
            } else if let list = try? value.decode([String].self) {
                texts = list
            } else {
                texts = [try value.decode(String.self)]
            }
        }
    }
}
