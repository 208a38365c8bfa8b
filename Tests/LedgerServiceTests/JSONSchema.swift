import Foundation

/// As much of JSON Schema as the API's description uses.
struct JSONSchema {
    let document: [String: Any]

    /// What is wrong with `value` under `schema`; nothing if it fits.
    func violations(of value: Any, under schema: [String: Any], at path: String = "$") -> [String] {
        if let reference = schema["$ref"] as? String {
            return violations(of: value, under: resolve(reference), at: path)
        }
        var found: [String] = []
        if let alternatives = schema["oneOf"] as? [[String: Any]] {
            let fitting = alternatives.count { violations(of: value, under: $0, at: path).isEmpty }
            if fitting != 1 { found.append("\(path) fits \(fitting) alternatives") }
        }
        if let expected = schema["const"] as? String, value as? String != expected {
            found.append("\(path) is no \(expected)")
        }
        if let choices = schema["enum"] as? [String], !choices.contains(value as? String ?? "") {
            found.append("\(path) is none of \(choices)")
        }
        let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
        if !types.isEmpty, !types.contains(where: { Self.isOf($0, value) }) { found.append("\(path) is no \(types)") }
        if let object = value as? [String: Any] {
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            for name in schema["required"] as? [String] ?? [] where object[name] == nil {
                found.append("\(path) lacks \(name)")
            }
            for (name, member) in object {
                if let schema = properties[name] {
                    found += violations(of: member, under: schema, at: "\(path).\(name)")
                } else if let schema = schema["additionalProperties"] as? [String: Any] {
                    found += violations(of: member, under: schema, at: "\(path).\(name)")
                } else if schema["additionalProperties"] as? Bool == false {
                    found.append("\(path) has \(name)")
                }
            }
        }
        if let array = value as? [Any], let items = schema["items"] as? [String: Any] {
            for (index, item) in array.enumerated() {
                found += violations(of: item, under: items, at: "\(path)[\(index)]")
            }
        }
        return found
    }

    /// What a reference within the document names.
    func resolve(_ reference: String) -> [String: Any] {
        var node: Any = document
        for part in reference.split(separator: "/").dropFirst() {
            node = (node as? [String: Any])?[String(part)] ?? [:]
        }
        return node as? [String: Any] ?? [:]
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "null": value is NSNull
        case "boolean": value is Bool
        case "string": value is String
        case "array": value is [Any]
        case "object": value is [String: Any]
        case "integer": (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "number": value is NSNumber
        default: false
        }
    }
}
