import WorkflowEvents
import WorkflowEventsPostgres

/// The good events of some lines of a file, each with the number of its line.
struct LineBatch: Sendable {
    var events: [WorkflowEvent] = []
    var lineNumbers: [Int] = []
    /// Lines that hold no event, with what is wrong.
    var refused: [(line: Int, reason: String)] = []

    /// As many lines as are worth a transaction.
    static let usualLineCount = 10_000

    var lineCount: Int { events.count + refused.count }

    /// Reads a line of a file.
    mutating func add(_ line: NDJSONLines.Line) {
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
            refused.append((line.number, error.description))
        }
    }
}
