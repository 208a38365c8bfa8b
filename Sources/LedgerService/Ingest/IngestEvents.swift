import HTTPTypes
package import NIOCore
package import WorkflowEvents
import WorkflowEventsPostgres

/// The events of a request's body, all of them good.
package enum IngestEvents {
    /// Reads the events of `body`.
    ///
    /// - Throws: ``Problem``: 400 where it is no JSON, 413 for too many, 422 with what is wrong with which event.
    package static func read(_ body: ByteBuffer, _ format: IngestFormat) throws(Problem) -> [WorkflowEvent] {
        var reading = Reading()
        do {
            try body.withUnsafeReadableBytes { bytes in
                switch format {
                case .json: try reading.readDocument(bytes)
                case .lines: try reading.readLines(bytes)
                }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.badRequest, "\(error)")
        }
        guard reading.errors.isEmpty else {
            let count = reading.badCount
            throw Problem(
                .unprocessableContent,
                "\(count) of \(reading.index) events \(count == 1 ? "is" : "are") wrong; nothing was stored.",
                errors: reading.errors)
        }
        return reading.events
    }

    private struct Reading {
        var events: [WorkflowEvent] = []
        var errors: [Problem.EventError] = []
        /// How many events there were so far.
        var index = 0
        var badCount = 0

        private let reader = EventJSONReader()

        mutating func readDocument(_ bytes: UnsafeRawBufferPointer) throws {
            do throws(EventJSONError) {
                for result in try reader.readDocument(bytes) {
                    switch result {
                    case .success(let event): add(event)
                    case .failure(let error): refuse(error)
                    }
                }
            } catch {
                if case .tooManyEvents = error { throw Self.tooMany }
                throw Problem(.badRequest, "The body is \(error).")
            }
        }

        mutating func readLines(_ bytes: UnsafeRawBufferPointer) throws {
            var lines = NDJSONLines()
            var isOver = false
            lines.split(bytes) { isOver = isOver || !add($0) }
            lines.finish { isOver = isOver || !add($0) }
            if isOver { throw Self.tooMany }
        }

        /// Reads a line; whether there was room for it.
        private mutating func add(_ line: NDJSONLines.Line) -> Bool {
            guard index < EventLimits.maximumRequestEventCount else { return false }
            guard !line.isTooLong else {
                refuse([.init(pointer: "", detail: "is longer than \(EventLimits.maximumEventTextBytes) bytes")])
                return true
            }
            do throws(EventJSONError) {
                add(try reader.read(line.bytes))
            } catch {
                refuse(error)
            }
            return true
        }

        private mutating func add(_ incoming: IncomingEvent) {
            events.append(incoming.event)
            // Without a time it is a new event each time it is sent, so it keeps the new id.
            if !incoming.hasID, incoming.hasTimestamp { events[events.count - 1].id = incoming.event.contentID }
            index += 1
        }

        private mutating func refuse(_ error: EventJSONError) {
            if case .invalid(let fields) = error {
                refuse(fields)
            } else {
                refuse([FieldError(pointer: "", detail: "is \(error)")])
            }
        }

        private mutating func refuse(_ fields: [FieldError]) {
            for field in fields where errors.count < Problem.maximumErrorCount {
                errors.append(.init(index: index, pointer: field.pointer, detail: field.detail))
            }
            badCount += 1
            index += 1
        }

        private static let tooMany = Problem(
            .contentTooLarge,
            "A request has at most \(EventLimits.maximumRequestEventCount) events; send them in several.")
    }
}
