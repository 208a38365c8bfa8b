import WorkflowEvents

/// The good events of some lines of a file, each with the number of its line.
struct LineBatch: Sendable {
    var events: [WorkflowEvent] = []
    var lineNumbers: [Int] = []
    /// Lines that hold no event, with what is wrong.
    var refused: [(line: Int, reason: String)] = []

    /// Reads line `number` of a file.
    mutating func add(_ line: UnsafeRawBufferPointer, number: Int) {
        do {
            var incoming = try EventJSONReader().read(line)
            guard incoming.hasTimestamp else {
                // The time of reading would make a new event of the same line at every try.
                refused.append((number, "/ts: is missing; a line of a file needs the time of its event"))
                return
            }
            if !incoming.hasID { incoming.event.id = incoming.event.contentID }
            events.append(incoming.event)
            lineNumbers.append(number)
        } catch {
            refused.append((number, error.description))
        }
    }
}
