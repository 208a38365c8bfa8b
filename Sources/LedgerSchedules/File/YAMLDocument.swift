import Yams

/// A YAML file that has been read but for its aliases, which are looked up when somebody asks for what they stand for.
///
/// Yams puts an anchor's value in the place of every alias and compares keys by their whole contents, which a few lines of
/// aliases of aliases turn into years of work. So before it reads the text, every `*` becomes a character that means
/// nothing to YAML and is not in the text, and becomes `*` again afterwards.
struct YAMLDocument {
    let root: Node?
    private let star: Character
    private let anchors: [String: Node]

    /// Reads `text`.
    ///
    /// - Throws: `YAMLMistake`, if the text is no YAML.
    init(_ text: String) throws(YAMLMistake) {
        // Of the private use area, which YAML allows (YAML 1.2.2, section 5.1).
        let candidates = (0xE000...0xF8FF).lazy.compactMap(Unicode.Scalar.init(_:))
        let used = Set(text.unicodeScalars)
        guard let star = candidates.first(where: { !used.contains($0) }) else {
            throw YAMLMistake(line: 1, reason: "the file uses every character of the private use area")
        }
        var neutral = String.UnicodeScalarView()
        neutral.append(contentsOf: text.unicodeScalars.lazy.map { $0 == "*" ? star : $0 })
        var collector = AnchorCollector()
        do {
            let parser = try Parser(yaml: String(neutral), encoding: .utf8)
            root = try parser.singleRoot()
            if let root { try collector.collect(root) }
        } catch let mistake as YAMLMistake {
            throw mistake
        } catch {
            throw YAMLMistake(error, in: text, star: star)
        }
        self.star = Character(star)
        self.anchors = collector.anchors
    }

    func content(of node: Node) -> YAMLValue.Content {
        switch node {
        case .scalar(let scalar): return content(of: scalar)
        case .sequence(let sequence): return .list(sequence.map { YAMLValue(node: $0, document: self) })
        case .mapping(let mapping):
            return .mapping(
                mapping.map { (YAMLValue(node: $0.key, document: self), YAMLValue(node: $0.value, document: self)) })
        case .alias: preconditionFailure("there are no aliases in a text without stars")
        }
    }

    private func content(of scalar: Node.Scalar) -> YAMLValue.Content {
        let text = text(of: scalar)
        guard scalar.style == .plain else { return .text(text) }
        guard scalar.string.first == star else {
            return ["", "~", "null", "Null", "NULL"].contains(text) ? .null : .text(text)
        }
        let name = text.dropFirst()
        guard !name.isEmpty, name.allSatisfy(Self.isOfAnchor) else {
            return .wrong("a value that begins with * stands in quotes: \"\(text)\"")
        }
        guard let target = anchors[String(name)], precedes(target, scalar) else {
            return .wrong("no anchor &\(name) stands above this alias")
        }
        if case .scalar(let other) = target, other.style == .plain, other.string.first == star {
            return .wrong("an alias of an alias is not supported")
        }
        return content(of: target)
    }

    private func text(of scalar: Node.Scalar) -> String {
        var text = String.UnicodeScalarView()
        let star = star.unicodeScalars.first
        text.append(contentsOf: scalar.string.unicodeScalars.lazy.map { $0 == star ? "*" : $0 })
        return String(text)
    }

    private func precedes(_ target: Node, _ alias: Node.Scalar) -> Bool {
        guard let target = target.mark, let alias = alias.mark else { return false }
        return (target.line, target.column) < (alias.line, alias.column)
    }

    /// libyaml's characters of an anchor.
    private static func isOfAnchor(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "-" || character == "_")
    }
}

/// The values that have an anchor.
private struct AnchorCollector {
    var anchors: [String: Node] = [:]

    mutating func collect(_ node: Node) throws(YAMLMistake) {
        if let anchor = node.anchor?.rawValue {
            guard anchors.updateValue(node, forKey: anchor) == nil else {
                throw YAMLMistake(line: node.mark?.line ?? 1, reason: "the anchor &\(anchor) stands twice")
            }
        }
        switch node {
        case .scalar, .alias: break
        case .sequence(let sequence):
            for item in sequence { try collect(item) }
        case .mapping(let mapping):
            for (key, value) in mapping {
                try collect(key)
                try collect(value)
            }
        }
    }
}
