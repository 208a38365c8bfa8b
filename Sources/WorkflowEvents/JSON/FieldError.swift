/// What is wrong with one field of an event.
package struct FieldError: Sendable, Hashable {
    /// The field, as a JSON pointer within the event (RFC 6901): `/metrics/score`; empty for the event as a whole.
    package var pointer: String
    /// What is wrong, as the rest of a sentence that begins with the field: `must be a string`.
    package var detail: String

    /// An error that says `detail` of the field at `pointer`.
    package init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }

    /// An error that says `detail` of the field `key`, or of its member or element `token`.
    init(at key: EventKey, _ token: String? = nil, detail: String) {
        self.init(pointer: "/\(key.name)" + (token.map { "/" + Self.escaped($0) } ?? ""), detail: detail)
    }

    /// An error that says `detail` of a field that is none of an event's.
    init(unknown name: String, detail: String) {
        self.init(pointer: "/" + Self.escaped(name), detail: detail)
    }

    /// `token` with `~` and `/` escaped as RFC 6901 (section 3) wants it, cut where it is absurdly long.
    private static func escaped(_ token: String) -> String {
        var result = ""
        for scalar in token.unicodeScalars {
            guard result.utf8.count < EventLimits.maximumMetricNameBytes else { return result + "…" }
            switch scalar {
            case "~": result += "~0"
            case "/": result += "~1"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension FieldError: CustomStringConvertible {
    /// The whole sentence: `/run_id is required`.
    package var description: String {
        pointer.isEmpty ? "the event \(detail)" : "\(pointer) \(detail)"
    }
}
