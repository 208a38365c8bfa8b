import Foundation
import HTTPTypes
import Hummingbird
import LedgerAccess
import LedgerReporting
import LibPQ
import NIOCore
import WorkflowEvents
import WorkflowEventsPostgres

/// `GET /v1/reports`, the catalogue, and `GET /v1/reports/{name}`, an answer.
struct ReportRoutes: Sendable {
    let catalogue: ReportCatalogue
    let runner: ReportRunner
    let desk: ReportDesk

    func add(to routes: RouterGroup<LedgerRequestContext>) {
        routes.get("reports", use: list)
        routes.get("reports/{name}", use: report)
    }

    private func list(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        try context.require(.reportsRead)
        _ = try QueryParameters(request, [])
        return Response(
            status: .ok, headers: [.contentType: ReportFormat.json.mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: catalogue.json + [UInt8(ascii: "\n")])))
    }

    private func report(_ request: Request, context: LedgerRequestContext) async throws -> Response {
        try context.require(.reportsRead)
        let definition = try definition(named: context.parameters.get("name") ?? "")
        let names = definition.parameters.map(\.name)
        let query = try QueryParameters(request, Set(names + Self.boundNames + ["format"]))
        let format =
            try query.choice("format", of: ReportFormat.self) ?? Self.format(accepted: request.headers[.accept])
        let bounds = try Self.bounds(query)
        var texts: [(name: String, text: String)] = []
        for parameter in definition.parameters {
            if parameter.type == .texts {
                texts += query.all(parameter.name).map { (parameter.name, $0) }
            } else if let text = try query.one(parameter.name) {
                texts.append((parameter.name, parameter.type == .timestamp ? Self.time(text) : text))
            }
        }
        let answer = try await answer(definition, texts, bounds)
        let body = answer.rendered(as: format)
        var headers = Self.headers(of: answer, body)
        headers[.contentType] = format.mediaType
        headers[.vary] = "Accept"
        // The page brings its own style, and nothing else.
        if format == .html { headers[.contentSecurityPolicy] = Self.pagePolicy }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    private func definition(named name: String) throws(Problem) -> ReportDefinition {
        do {
            return try catalogue.report(name)
        } catch {
            throw Problem(.notFound, error.message)
        }
    }

    private func answer(
        _ definition: ReportDefinition, _ texts: [(name: String, text: String)], _ bounds: ReadBounds
    ) async throws -> Report {
        do {
            let arguments = try ReportArguments.parse(texts, for: definition, now: .now)
            return try await desk.serve { try await runner.ask(definition, arguments, bounds) }
        } catch let error as ReportError {
            switch error.code {
            case .badArgument, .badPosition: throw Problem(.badRequest, error.message)
            case .unknownReport: throw Problem(.notFound, error.message)
            case .tookTooLong: throw Problem(.serviceUnavailable, error.message, headers: [.retryAfter: "60"])
            case .badDefinition, .badDirectory, .badManifest, .failed:
                throw Problem(.internalServerError, error.message)
            }
        }
    }

    // MARK: Parameters

    private static let boundNames = ["as_of", "recorded_since", "recorded_until"]

    /// An offset whose plus sign was not escaped arrives as a space.
    private static func time(_ text: String) -> String { text.replacing(" ", with: "+") }

    private static func bounds(_ query: QueryParameters) throws(Problem) -> ReadBounds {
        var bounds = ReadBounds()
        if let text = try query.one("as_of") {
            guard let asOf = ReadBounds.AsOf(time(text)) else {
                throw Problem(
                    .badRequest, "as_of must be a position, 0 or greater, or a time as in 2025-11-18T12:00:00Z.")
            }
            bounds.asOf = asOf
        }
        bounds.recordedSince = try moment(query, "recorded_since")
        bounds.recordedUntil = try moment(query, "recorded_until")
        return bounds
    }

    private static func moment(_ query: QueryParameters, _ name: String) throws(Problem) -> Timestamp? {
        guard let text = try query.one(name) else { return nil }
        guard let moment = Timestamp(argument: time(text), now: .now) else {
            throw Problem(
                .badRequest,
                "\(name) must be a time as in 2025-11-18T12:00:00Z, a date, or how long ago, as in 90m, 24h or 7d.")
        }
        return moment
    }

    /// The best format for a client that takes `accepted`; JSON for one that does not say.
    private static func format(accepted: String?) throws(Problem) -> ReportFormat {
        guard let accepted, !accepted.allSatisfy(\.isWhitespace) else { return .json }
        let formats = [.json] + ReportFormat.allCases.filter { $0 != .json }
        guard let best = Acceptance(accepted).best(of: formats.map(\.mediaType)) else {
            let known = formats.map { String($0.mediaType.prefix { $0 != ";" }) }.joined(separator: ", ")
            throw Problem(.notAcceptable, "A report comes as \(known).")
        }
        return formats[best]
    }

    // MARK: Answers

    private static let pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

    /// What a manifest tells, for a body that is kept as a file.
    private static func headers(of answer: Report, _ body: [UInt8]) -> HTTPFields {
        var headers: HTTPFields = [
            .report: answer.definition.name, .reportSHA256: answer.definition.sha256, .version: answer.version,
            .parameters: ascii(answer.parametersJSON), .ledgerID: answer.ledgerID.text,
            .asOfPosition: String(answer.asOfPosition), .generatedAt: answer.generatedAt.rfc3339,
            .columns: ascii(answer.columnsJSON), .rowCount: String(answer.rows.count),
            .rowsSHA256: answer.rowsSHA256, .isTruncated: String(answer.isTruncated),
            .fileSHA256: Report.sha256(of: body),
        ]
        headers[.recordedSince] = answer.recordedSince?.rfc3339
        headers[.recordedUntil] = answer.recordedUntil?.rfc3339
        headers[.percentiles] = answer.percentiles?.rawValue
        return headers
    }

    /// `json` with every character escaped that a header field may not hold everywhere.
    private static func ascii(_ json: [UInt8]) -> String {
        var ascii = ""
        for unit in String(decoding: json, as: UTF8.self).utf16 {
            if unit < 0x7F, let scalar = Unicode.Scalar(unit) {
                ascii.unicodeScalars.append(scalar)
            } else {
                let digits = String(unit, radix: 16)
                ascii += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return ascii
    }
}

extension HTTPField.Name {
    fileprivate static let vary = HTTPField.Name("Vary")!
    fileprivate static let report = HTTPField.Name("Runledger-Report")!
    fileprivate static let reportSHA256 = HTTPField.Name("Runledger-Report-Sha256")!
    fileprivate static let version = HTTPField.Name("Runledger-Version")!
    fileprivate static let parameters = HTTPField.Name("Runledger-Parameters")!
    fileprivate static let ledgerID = HTTPField.Name("Runledger-Ledger-Id")!
    fileprivate static let asOfPosition = HTTPField.Name("Runledger-As-Of-Position")!
    fileprivate static let recordedSince = HTTPField.Name("Runledger-Recorded-Since")!
    fileprivate static let recordedUntil = HTTPField.Name("Runledger-Recorded-Until")!
    fileprivate static let generatedAt = HTTPField.Name("Runledger-Generated-At")!
    fileprivate static let columns = HTTPField.Name("Runledger-Columns")!
    fileprivate static let rowCount = HTTPField.Name("Runledger-Row-Count")!
    fileprivate static let rowsSHA256 = HTTPField.Name("Runledger-Rows-Sha256")!
    fileprivate static let isTruncated = HTTPField.Name("Runledger-Truncated")!
    fileprivate static let percentiles = HTTPField.Name("Runledger-Percentiles")!
    fileprivate static let fileSHA256 = HTTPField.Name("Runledger-File-Sha256")!
}
