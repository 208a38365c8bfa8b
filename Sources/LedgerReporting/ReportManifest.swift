package import Foundation
import WorkflowEvents
package import WorkflowEventsPostgres

/// What is kept beside a report's file, to ask the same question again and compare: the JSON of the answer without its
/// rows, and the SHA-256 of the file.
package struct ReportManifest: Sendable {
    package let report: String
    package let reportSHA256: String
    /// What was asked, as text by the name of the parameter; those without a value are left out.
    package let arguments: [(name: String, text: String)]
    package let ledgerID: String
    package let bounds: ReadBounds
    package let rowsSHA256: String
    /// The SHA-256 of the file it stands beside.
    package let fileSHA256: String

    /// Reads the manifest `json`.
    ///
    /// - Throws: ``ReportError`` `badManifest` with what is missing.
    package init(json: Data) throws(ReportError) {
        let content: Content
        do {
            content = try JSONDecoder().decode(Content.self, from: json)
        } catch DecodingError.keyNotFound(let key, _) {
            throw ReportError(.badManifest, "The manifest has no `\(key.stringValue)`.")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw ReportError(.badManifest, "`\(path)` of the manifest is of another type than runledger writes.")
        } catch {
            throw ReportError(.badManifest, "The manifest is no JSON object.")
        }
        report = content.report
        reportSHA256 = content.report_sha256
        ledgerID = content.ledger_id
        rowsSHA256 = content.rows_sha256
        fileSHA256 = content.file_sha256
        arguments = content.parameters.sorted { $0.key < $1.key }.compactMap { name, argument in
            argument.text.map { (name, $0) }
        }
        bounds = ReadBounds(
            asOf: .position(content.as_of_position), recordedSince: try Self.time(content.recorded_since),
            recordedUntil: try Self.time(content.recorded_until))
    }

    private static func time(_ text: String?) throws(ReportError) -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw ReportError(.badManifest, "`\(text)` in the manifest is no time.")
        }
        return time
    }

    /// The members as they are written.
    private struct Content: Decodable {
        var report: String
        var report_sha256: String
        var parameters: [String: Argument]
        var ledger_id: String
        var as_of_position: Int64
        var recorded_since: String?
        var recorded_until: String?
        var rows_sha256: String
        var file_sha256: String
    }

    /// A value of a parameter.
    private struct Argument: Decodable {
        var text: String?

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                text = nil
            } else if let flag = try? value.decode(Bool.self) {
                text = String(flag)
            } else if let number = try? value.decode(Int64.self) {
                text = String(number)
            } else if let number = try? value.decode(Double.self) {
                text = ReportValue.shortest(number)
            } else {
                text = try value.decode(String.self)
            }
        }
    }
}
