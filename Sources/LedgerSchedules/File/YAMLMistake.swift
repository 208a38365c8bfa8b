import Yams

/// Why a text is no YAML that can be read.
struct YAMLMistake: Error {
    /// From 1 on.
    var line: Int
    var reason: String

    init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }

    /// What Yams threw over `text`, in which `star` stood for `*`.
    init(_ error: any Error, in text: String, star: Unicode.Scalar) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let what = [context?.text, problem].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
            self.init(line: mark.line, reason: "this is no YAML: \(what)")
        case .reader(let problem, let offset, _, _):
            let line = 1 + text.prefix(offset ?? 0).count(where: \.isNewline)
            self.init(line: line, reason: "this is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "`\($0.replacing(String(star), with: "*"))`" }.joined(separator: ", ")
            self.init(line: context.mark.line, reason: "the key \(keys) stands more than once in one mapping")
        default:
            self.init(line: 1, reason: "this is no YAML: \(error)")
        }
    }
}
