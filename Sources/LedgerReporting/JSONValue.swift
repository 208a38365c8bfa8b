import WorkflowEvents

/// Any JSON value, to compare it with another.
enum JSONValue: Sendable, Hashable, Decodable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .boolean(flag)
        } else if let number = try? value.decode(Int64.self) {
            self = .integer(number)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else if let elements = try? value.decode([JSONValue].self) {
            self = .array(elements)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    /// The value as compact JSON, the members of an object by name.
    var text: String {
        var json: [UInt8] = []
        append(to: &json)
        return String(decoding: json, as: UTF8.self)
    }

    private func append(to json: inout [UInt8]) {
        switch self {
        case .null: json += "null".utf8
        case .boolean(let flag): json += String(flag).utf8
        case .integer(let number): json += String(number).utf8
        case .number(let number): json += ReportValue.shortest(number).utf8
        case .string(let text): json.append(json: text)
        case .array(let elements): appendJSONArray(elements, to: &json) { $0.append(to: &$1) }
        case .object(let members):
            var object = JSONObjectWriter(&json)
            for (name, value) in members.sorted(by: { $0.key < $1.key }) { object.add(name, to: &json, value.append) }
            object.end(&json)
        }
    }
}
