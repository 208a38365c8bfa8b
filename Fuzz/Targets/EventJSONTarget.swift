import Foundation
import HTTPTypes
import LedgerService
import NIOCore
import WorkflowEvents

extension FuzzTarget {
    /// The reader of Event JSON, one event, an array or lines of them, up to what a request is answered.
    ///
    /// The input is a text. For every one:
    /// - It is refused as not being JSON just if a plain parser by the letter of RFC 8259 refuses it, or it nests too
    ///   deep; Foundation takes it too, but for what it refuses more.
    /// - What is accepted breaks no limit, holds the values that the plain parser finds in the text, metrics to the last
    ///   character, and is written to a text that is read as the same event and written the same again.
    /// - An error names a place within the text, or a field that there is or that has to be.
    /// - One event alone and the same event as a document or a line are read alike.
    /// - Lines are the same however the text is cut into chunks, and what a plain split finds.
    /// - A request is answered with its events, or with 400, 413 or 422 and errors that name events of it.
    static let eventJSON = FuzzTarget(
        name: "event-json", maximumBytes: 4096, check: .immediate { try EventJSONCheck(text: $0).check() })
}

private struct EventJSONCheck {
    let text: [UInt8]
    private let tree: JSONTree?
    private static let reader = EventJSONReader()
    /// Small, for inputs to go beyond it.
    private static let maximumCount = 8

    init(text: [UInt8]) {
        self.text = text
        self.tree = JSONTree(text)
    }

    func check() throws {
        let outcome = Self.read(text)
        try checkGrammar(outcome)
        try checkFoundation()
        switch outcome {
        case .success(let incoming): try checkEvent(incoming)
        case .failure(let error): try checkError(error, in: tree)
        }
        try checkDocument(outcome)
        try checkLines(maximumLineBytes: 24)
        try checkRequest(.json)
        try checkRequest(.lines)
    }

    private typealias Outcome = Result<IncomingEvent, EventJSONError>

    private static func read(_ text: [UInt8]) -> Outcome {
        text.withUnsafeBytes { bytes in
            Result { () throws(EventJSONError) in try reader.read(bytes) }
        }
    }

    // MARK: The grammar

    private func checkGrammar(_ outcome: Outcome) throws(PropertyViolation) {
        guard let tree else { return try require(outcome.isNotJSON, "\(outcome) of what is no JSON") }
        let depth = tree.depth
        // The members of an event and the values in them may have as many levels again.
        if depth <= 64 { try require(!outcome.isNotJSON, "\(outcome) of JSON") }
        if depth > 66 { try require(outcome.isNotJSON, "\(depth) levels were read") }
    }

    private func checkFoundation() throws(PropertyViolation) {
        // It would take the text for UTF-16 or UTF-32.
        if text.contains(0) || text.starts(with: [0xFE, 0xFF]) || text.starts(with: [0xFF, 0xFE]) { return }
        // It takes what is no JSON too, such as a comma before a closing brace.
        guard let tree, !tree.isFlawed, tree.isFinite, tree.depth <= 500 else { return }
        let isTaken = (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
        try require(isTaken, "Foundation does not read what is JSON")
    }

    // MARK: An event

    private func checkEvent(_ incoming: IncomingEvent) throws(PropertyViolation) {
        let event = incoming.event
        try require(event.violations().isEmpty, "\(event.violations()) of what was accepted")
        try checkValues(of: event)
        let json = event.json
        let again = Self.read(Array(json.utf8))
        try require(
            again == .success(IncomingEvent(event: event, hasID: true, hasTimestamp: true)), "\(json): \(again)")
        if case .success(let again) = again {
            try require(again.event.json.utf8.elementsEqual(json.utf8), "\(json) is written \(again.event.json)")
        }
    }

    private func checkValues(of event: WorkflowEvent) throws(PropertyViolation) {
        guard let tree else { return }
        let texts: [(name: String, value: String?)] = [
            ("run_id", event.runID), ("node", event.node.rawValue), ("phase", event.phase.rawValue),
            ("service", event.service), ("trace_id", event.traceID), ("span_id", event.spanID),
        ]
        for (name, value) in texts {
            try require(isSame(given(name).text, value), "\(name) is \(value ?? "nil")")
        }
        let executionID = given("execution_id").text.flatMap(UUID.init(uuidString:))
        try require(executionID == event.executionID, "execution_id is \(String(describing: event.executionID))")
        if let id = given("id").text { try require(UUID(uuidString: id) == event.id, "\(id) is read as \(event.id)") }
        let duration = tree.members("duration_ms").first?.double ?? 0
        try require(duration == Double(event.durationMS), "duration_ms is \(event.durationMS)")
        let issues = if case .array(let issues) = given("issues") { issues } else { [] as [JSONTree] }
        let areSame = issues.count == event.issues.count && zip(issues, event.issues).allSatisfy { isSame($0.text, $1) }
        try require(areSame, "issues are \(event.issues)")
        try checkMetrics(of: event)
    }

    private func checkMetrics(of event: WorkflowEvent) throws(PropertyViolation) {
        guard case .object(let members)? = tree?.members("metrics").first else {
            return try require(event.metrics.isEmpty, "there are metrics")
        }
        try require(members.count == event.metrics.count, "\(members.count) metrics are \(event.metrics.count)")
        for (member, metric) in zip(members, event.metrics) {
            try require(isSame(member.key.text, metric.name), "a metric is called \(metric.name)")
            try require(member.value.double == metric.value.doubleValue, "\(metric.name) is \(metric.value)")
            guard case .number(let text) = member.value else { continue }
            try require(text == metric.value.description, "\(text) is kept as \(metric.value)")
        }
    }

    /// Whether two strings are the same to the byte, where `==` would take an `é` for `e` and an accent.
    private func isSame(_ one: String?, _ other: String?) -> Bool {
        one.map { Array($0.utf8) } == other.map { Array($0.utf8) }
    }

    private func given(_ name: String) -> JSONTree {
        tree?.members(name).first ?? .word
    }

    // MARK: An error

    private func checkError(_ error: EventJSONError, in tree: JSONTree?) throws(PropertyViolation) {
        switch error {
        case .notJSON(let offset, let detail):
            try require(0...text.count ~= offset && !detail.isEmpty, "\(error)")
        case .tooManyEvents(let maximum):
            try require(maximum == Self.maximumCount, "\(error)")
        case .invalid(let errors):
            try require(1...EventLimits.maximumFieldErrorCount ~= errors.count, "\(errors.count) errors")
            guard let tree else { return }
            for error in errors { try checkField(error.pointer, in: tree) }
        }
    }

    private func checkField(_ pointer: String, in tree: JSONTree) throws(PropertyViolation) {
        let isRequired = ["/run_id", "/node", "/phase"].contains(pointer)
        try require(isRequired || tree.holds(pointer), "\(pointer) leads nowhere")
    }

    // MARK: Documents and lines

    private func checkDocument(_ alone: Outcome) throws(PropertyViolation) {
        let document = text.withUnsafeBytes { bytes in
            Result { () throws(EventJSONError) in
                try Self.reader.readDocument(bytes, maximumCount: Self.maximumCount)
            }
        }
        if case .success(let outcomes) = document {
            try require(outcomes.count <= Self.maximumCount, "\(outcomes.count) events are not too many")
        }
        switch (document, tree) {
        case (.success(let outcomes), .array(let elements)?):
            try require(outcomes.count == elements.count, "\(elements.count) elements are \(outcomes.count) events")
            for (outcome, element) in zip(outcomes, elements) {
                if case .failure(let error) = outcome { try checkError(error, in: element) }
            }
        case (.success(let outcomes), _?):
            try require(outcomes.count == 1 && outcomes[0].isLike(alone), "\(outcomes) instead of \(alone)")
        case (.success(let outcomes), nil):
            let isBlank = text.trimmingPrefix([0xEF, 0xBB, 0xBF]).allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
            try require(outcomes.isEmpty && isBlank, "\(outcomes) of what is no JSON")
        case (.failure(.tooManyEvents), .array(let elements)?):
            try require(elements.count > Self.maximumCount, "\(elements.count) are too many")
        case (.failure(.tooManyEvents), _):
            // It is told before the rest is read.
            try require(tree == nil, "one is too many")
        case (.failure(let error), _):
            try require(document.isNotJSON && (tree.map { $0.depth > 64 } ?? true), "\(error) of JSON")
            try checkError(error, in: nil)
        }
    }

    private func checkLines(maximumLineBytes: Int) throws(PropertyViolation) {
        let plain = plainLines(maximumLineBytes: maximumLineBytes)
        for pieces in [[text[...]], text.pieces, text.indices.map { text[$0...$0] }] {
            var lines: [Line] = []
            var splitter = NDJSONLines(maximumLineBytes: maximumLineBytes)
            for piece in pieces {
                piece.withUnsafeBytes { bytes in splitter.split(bytes) { lines.append(Line($0)) } }
            }
            splitter.finish { lines.append(Line($0)) }
            try require(lines == plain, "\(pieces.count) pieces have the lines \(lines), not \(plain)")
        }
    }

    private func plainLines(maximumLineBytes: Int) -> [Line] {
        let pieces = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return pieces.enumerated().compactMap { index, piece in
            let content = piece.last == UInt8(ascii: "\r") ? piece.dropLast() : piece
            if content.count > maximumLineBytes { return Line(number: index + 1, text: nil) }
            if content.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { return nil }
            return Line(number: index + 1, text: Array(content))
        }
    }

    // MARK: A request

    private func checkRequest(_ format: IngestFormat) throws(PropertyViolation) {
        let texts = plainLines(maximumLineBytes: EventLimits.maximumEventTextBytes).compactMap(\.text)
        var count = texts.count
        if format == .json {
            count = if case .array(let elements)? = tree { elements.count } else { tree == nil ? 0 : 1 }
        }
        let events: [WorkflowEvent]
        do throws(Problem) {
            events = try IngestEvents.read(ByteBuffer(bytes: text), format)
        } catch {
            return try checkProblem(error, format, eventCount: count)
        }
        try require(events.count == count, "\(events.count) of \(count) events are stored")
    }

    private func checkProblem(_ problem: Problem, _ format: IngestFormat, eventCount: Int) throws(PropertyViolation) {
        switch problem.status.code {
        case 400, 413:
            try require(problem.errors.isEmpty && format == .json, "\(problem)")
        case 422:
            try require(1...Problem.maximumErrorCount ~= problem.errors.count, "\(problem.errors.count) errors")
            try require(problem.errors.allSatisfy { 0..<eventCount ~= $0.index }, "\(problem) of \(eventCount) events")
            try require(problem.errors.map(\.index) == problem.errors.map(\.index).sorted(), "\(problem)")
        default:
            throw PropertyViolation("\(problem)")
        }
    }
}

/// A line of a text; one that is too long has none.
private struct Line: Equatable {
    var number: Int
    var text: [UInt8]?

    init(number: Int, text: [UInt8]?) {
        self.number = number
        self.text = text
    }

    init(_ line: NDJSONLines.Line) {
        self.init(number: line.number, text: line.isTooLong ? nil : Array(line.bytes))
    }
}

extension JSONTree {
    fileprivate var double: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }
}

extension Result where Failure == EventJSONError {
    fileprivate var isNotJSON: Bool {
        if case .failure(.notJSON) = self { true } else { false }
    }
}

extension Result where Success == IncomingEvent, Failure == EventJSONError {
    /// Whether it is the same but for the id and the time that an event without them is given.
    fileprivate func isLike(_ other: Self) -> Bool {
        switch (self, other) {
        case (.success(var one), .success(let other)):
            if !one.hasID { one.event.id = other.event.id }
            if !one.hasTimestamp { one.event.ts = other.event.ts }
            return one == other
        case (.failure, .failure): return self == other
        default: return false
        }
    }
}
