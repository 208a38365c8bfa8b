import WorkflowEvents
import WorkflowEventsPostgres

/// The good events of some lines of a file, each with the number of its line.
struct LineBatch: Sendable {
    /// A line that holds no event, with what is wrong.
    typealias Refusal = (line: Int, reason: String)

    var events: [WorkflowEvent] = []
    var lineNumbers: [Int] = []
    var refused: [Refusal] = []

    /// As many lines as are worth a transaction.
    static let usualLineCount = 10_000

    var lineCount: Int { events.count + refused.count }

    /// Reads a line of a file.
    ///
    /// - Parameter isLast: whether it is the last one and has no line ending, as when its writer did not finish it.
    mutating func add(_ line: NDJSONLines.Line, isLast: Bool = false) {
        guard !line.isTooLong else {
            let limit = EventLimits.maximumEventTextBytes >> 10
            refused.append((line.number, "is longer than \(limit) KiB, more than any event can be"))
            return
        }
        do throws(EventJSONError) {
            var incoming = try EventJSONReader().read(line.bytes)
            guard incoming.hasTimestamp else {
                // The time of reading would make a new event of the same line at every try.
                refused.append((line.number, "/ts is missing; a line of a file needs the time of its event"))
                return
            }
            if !incoming.hasID { incoming.event.id = incoming.event.contentID }
            events.append(incoming.event)
            lineNumbers.append(line.number)
        } catch {
            var reason = error.description
            if isLast, case .notJSON = error { reason += "; the file seems to end in the middle of a line" }
            refused.append((line.number, reason))
        }
    }
}
