/// What kind a JSON value is of, by its first character.
enum JSONKind {
    case object, array, string, number, boolean, null

    /// The kind with its article, as field errors name it.
    var name: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .boolean: "a boolean"
        case .null: "null"
        }
    }
}

extension JSONCursor {
    /// The kind of the value that is next.
    func kind() throws(JSONSyntaxError) -> JSONKind {
        switch peek() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), 0x30...0x39: return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        default: throw unexpected("a value")
        }
    }

    /// Passes over a value of any kind; it is checked to be JSON all the same.
    mutating func skipValue(depth: Int = 0) throws(JSONSyntaxError) {
        switch try kind() {
        case .object:
            try skipMembers(depth: depth)
        case .array:
            try skipElements(depth: depth)
        case .string:
            _ = try plainString(try rawText())
        case .number:
            _ = try number()
        case .boolean:
            try skipWord(peek() == UInt8(ascii: "t") ? "true" : "false")
        case .null:
            try skipWord("null")
        }
    }

    private mutating func skipMembers(depth: Int) throws(JSONSyntaxError) {
        try checkDepth(depth)
        try expect("{")
        if take("}") { return }
        repeat {
            _ = try plainString(try rawText())
            try expect(":")
            try skipValue(depth: depth + 1)
        } while take(",")
        try expect("}")
    }

    private mutating func skipElements(depth: Int) throws(JSONSyntaxError) {
        try checkDepth(depth)
        try expect("[")
        if take("]") { return }
        repeat {
            try skipValue(depth: depth + 1)
        } while take(",")
        try expect("]")
    }

    private func checkDepth(_ depth: Int) throws(JSONSyntaxError) {
        guard depth < Self.maximumDepth else { throw fault("values nest deeper than \(Self.maximumDepth)") }
    }
}
