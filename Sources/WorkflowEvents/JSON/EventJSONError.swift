/// Why a text is not an event. Reading the same text again fails again.
package enum EventJSONError: Error, Sendable, Hashable {
    /// The text is not JSON (RFC 8259): what is wrong, and how many bytes lie before it.
    case notJSON(offset: Int, detail: String)
    /// The text is JSON, but not an event: all that is wrong with it, up to ``EventLimits/maximumFieldErrorCount``.
    case invalid([FieldError])
    /// The array holds more events than were asked for.
    case tooManyEvents(maximum: Int)
}

extension EventJSONError: CustomStringConvertible {
    /// What is wrong, in one sentence.
    package var description: String {
        switch self {
        case .notJSON(let offset, let detail): "not JSON: \(detail) at byte \(offset)"
        case .invalid(let errors): errors.map(\.description).joined(separator: "; ")
        case .tooManyEvents(let maximum): "more than \(maximum) events; send them in several requests"
        }
    }
}
