/// Reads events from Event JSON, the one shape of an event in files, requests and streams.
///
/// - Required are `run_id`, `node` and `phase`; `null` equals absent for all other fields.
/// - `position`, `recorded_at` and `source`, which the ledger writes, are ignored.
/// - Unknown and duplicate keys, wrong types and whatever is beyond ``EventLimits`` are refused, each by name.
/// - `ts` is read as ``Timestamp/init(rfc3339:)-(String)`` says, `duration_ms` may be written `12`, `12.0` or `1.2e1`,
///   and metrics keep their exact characters.
///
/// The text must be UTF-8 JSON by the letter of RFC 8259; values nest up to 64 deep.
package struct EventJSONReader: Sendable {
    /// A reader.
    package init() {}

    /// Reads the one event that `bytes` hold, white space around it allowed.
    ///
    /// - Throws: ``EventJSONError`` with all that is wrong; the same text is refused again.
    package func read(_ bytes: UnsafeRawBufferPointer) throws(EventJSONError) -> IncomingEvent {
        var cursor = JSONCursor(bytes)
        var draft = try readDraft(&cursor)
        try convert { () throws(JSONSyntaxError) in try cursor.expectEnd() }
        return try draft.finish()
    }

    /// Reads a document that holds one event or an array of them; one of white space alone holds none.
    ///
    /// - Parameters:
    ///   - bytes: the document.
    ///   - maximumCount: how many events it may hold.
    /// - Returns: each event, or what is wrong with it (``EventJSONError/invalid(_:)``), in the order of the array. Once
    ///   ``EventLimits/maximumFieldErrorCount`` errors are told, only the first of each further event is.
    /// - Throws: ``EventJSONError`` if the document is not JSON or holds too many events.
    package func readDocument(
        _ bytes: UnsafeRawBufferPointer, maximumCount: Int = EventLimits.maximumRequestEventCount
    ) throws(EventJSONError) -> [Result<IncomingEvent, EventJSONError>] {
        var cursor = JSONCursor(bytes)
        if cursor.isAtEnd { return [] }
        var events: [Result<IncomingEvent, EventJSONError>] = []
        var errorRoom = EventLimits.maximumFieldErrorCount
        if cursor.take("[") {
            if !cursor.take("]") {
                repeat {
                    guard events.count < maximumCount else { throw .tooManyEvents(maximum: maximumCount) }
                    events.append(try readElement(&cursor, errorRoom: &errorRoom))
                } while cursor.take(",")
                try convert { () throws(JSONSyntaxError) in try cursor.expect("]") }
            }
        } else {
            events.append(try readElement(&cursor, errorRoom: &errorRoom))
        }
        try convert { () throws(JSONSyntaxError) in try cursor.expectEnd() }
        return events
    }

    /// Reads an event of an array; what is wrong with it but leaves the text JSON is the result's failure.
    private func readElement(
        _ cursor: inout JSONCursor, errorRoom: inout Int
    ) throws(EventJSONError) -> Result<IncomingEvent, EventJSONError> {
        var draft = try readDraft(&cursor)
        do throws(EventJSONError) {
            return .success(try draft.finish())
        } catch {
            // A request of wrong events would otherwise be answered by many times its size.
            let told = draft.errors.prefix(max(1, errorRoom))
            errorRoom -= told.count
            return .failure(.invalid(Array(told)))
        }
    }

    @inline(__always)
    private func readDraft(_ cursor: inout JSONCursor) throws(EventJSONError) -> EventDraft {
        let start = cursor.offset
        var draft: EventDraft
        do throws(JSONSyntaxError) {
            draft = try cursor.eventDraft()
        } catch {
            throw .notJSON(offset: error.offset, detail: error.detail)
        }
        let textBytes = cursor.offset - start
        if textBytes > EventLimits.maximumEventTextBytes {
            let detail = "takes \(textBytes) bytes of text, over \(EventLimits.maximumEventTextBytes)"
            draft.refuse(FieldError(pointer: "", detail: detail))
        }
        return draft
    }

    @inline(__always)
    private func convert(_ body: () throws(JSONSyntaxError) -> Void) throws(EventJSONError) {
        do throws(JSONSyntaxError) { try body() } catch { throw .notJSON(offset: error.offset, detail: error.detail) }
    }
}
