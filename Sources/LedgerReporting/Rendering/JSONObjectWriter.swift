import WorkflowEvents

/// Writes a JSON object member by member, in the order in which they are added.
package struct JSONObjectWriter {
    private var isEmpty = true

    /// Begins an object.
    package init(_ json: inout [UInt8]) {
        json.append(UInt8(ascii: "{"))
    }

    /// Adds the member `name` with what `value` appends.
    package mutating func add(_ name: String, to json: inout [UInt8], _ value: (inout [UInt8]) -> Void) {
        if !isEmpty { json.append(UInt8(ascii: ",")) }
        isEmpty = false
        json.append(json: name)
        json.append(UInt8(ascii: ":"))
        value(&json)
    }

    /// Adds the member `name` with the string `value`, or `null`.
    package mutating func add(_ name: String, _ value: String?, to json: inout [UInt8]) {
        add(name, to: &json) { json in
            if let value { json.append(json: value) } else { json += "null".utf8 }
        }
    }

    /// Adds the member `name` with the number `value`, or `null`.
    package mutating func add(_ name: String, _ value: (some BinaryInteger)?, to json: inout [UInt8]) {
        add(name, to: &json) { json in json += (value.map { "\($0)" } ?? "null").utf8 }
    }

    /// Adds the member `name` with `value`.
    package mutating func add(_ name: String, _ value: Bool, to json: inout [UInt8]) {
        add(name, to: &json) { json in json += "\(value)".utf8 }
    }

    /// Ends the object.
    package func end(_ json: inout [UInt8]) {
        json.append(UInt8(ascii: "}"))
    }
}
