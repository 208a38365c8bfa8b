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
            guard var text = try query.one(parameter.name) else { continue }
            // An offset whose plus sign was not escaped arrives as a space.
            if parameter.type == .timestamp { text = text.replacing(" ", with: "+") }
            texts.append((parameter.name, text))
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
            return try await desk.serve { try await runner.run(definition, arguments, bounds) }
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

    private static func bounds(_ query: QueryParameters) throws(Problem) -> ReadBounds {
        var bounds = ReadBounds()
        if let text = try query.one("as_of") {
            guard let asOf = ReadBounds.AsOf(text.replacing(" ", with: "+")) else {
                throw Problem(
                    .badRequest, "as_of must be a position, 0 or greater, or a time as in 2025-11-18T12:00:00Z.")
            }
            bounds.asOf = asOf
        }
        bounds.recordedSince = try query.timestamp("recorded_since")
        bounds.recordedUntil = try query.timestamp("recorded_until")
        return bounds
    }

    /// The first format that the client names and there is; JSON for one that takes anything.
    private static func format(accepted: String?) throws(Problem) -> ReportFormat {
        guard let accepted else { return .json }
        for range in accepted.split(separator: ",") {
            let type = range.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
            if type == "*/*" || type == "application/*" { return .json }
            if let format = ReportFormat.allCases.first(where: { $0.mediaType.split(separator: ";")[0] == type }) {
                return format
            }
            if type == "text/*" { return .table }
        }
        let known = ReportFormat.allCases.map { String($0.mediaType.prefix { $0 != ";" }) }.joined(separator: ", ")
        throw Problem(.notAcceptable, "A report comes as \(known).")
    }

    // MARK: Answers

    private static let pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

    /// What a manifest tells, for a body that is kept as a file.
    private static func headers(of answer: Report, _ body: [UInt8]) -> HTTPFields {
        [
            .reportSHA256: answer.definition.sha256, .ledgerID: answer.ledgerID.uuidString.lowercased(),
            .asOfPosition: String(answer.asOfPosition), .generatedAt: answer.generatedAt.rfc3339,
            .rowCount: String(answer.rows.count), .rowsSHA256: answer.rowsSHA256,
            .isTruncated: String(answer.isTruncated), .fileSHA256: Report.sha256(of: body),
        ]
    }
}

extension HTTPField.Name {
    fileprivate static let vary = HTTPField.Name("Vary")!
    fileprivate static let reportSHA256 = HTTPField.Name("Runledger-Report-Sha256")!
    fileprivate static let ledgerID = HTTPField.Name("Runledger-Ledger-Id")!
    fileprivate static let asOfPosition = HTTPField.Name("Runledger-As-Of-Position")!
    fileprivate static let generatedAt = HTTPField.Name("Runledger-Generated-At")!
    fileprivate static let rowCount = HTTPField.Name("Runledger-Row-Count")!
    fileprivate static let rowsSHA256 = HTTPField.Name("Runledger-Rows-Sha256")!
    fileprivate static let isTruncated = HTTPField.Name("Runledger-Truncated")!
    fileprivate static let fileSHA256 = HTTPField.Name("Runledger-File-Sha256")!
}
