import Foundation
import WorkflowEvents

extension ReportManifest {
    /// What the manifest says otherwise than `answer`, which the same question has now: a sentence each, none where it
    /// is the same in everything.
    ///
    /// When the answer was generated and by which release is not asked again. It counts as kept, and shows itself in a
    /// file whose format tells it: see ``differences(of:from:)``.
    package func differences(from answer: Report) -> [String] {
        var answer = answer
        let now = answer.generatedAt
        (answer.generatedAt, answer.version) = (generatedAt, version)
        let repeated = try? ReportManifest(json: Data(answer.manifest(of: [], as: format)))
        let (kept, given) = (Self.flat(members), Self.flat(repeated?.members ?? [:]))
        let names = Set(kept.keys).union(given.keys).subtracting(["file_sha256"]).sorted()
        var differences = names.compactMap { Self.difference($0, kept[$0], given[$0]) }
        if generatedAt > now { differences.append("`generated_at`, \(generatedAt.rfc3339), has not come yet.") }
        return differences
    }

    /// What `file`, which stands beside the manifest, holds otherwise than `answer`: a sentence each, none where it is
    /// byte by byte what the answer is in the manifest's format.
    package func differences(of file: [UInt8], from answer: Report) -> [String] {
        var answer = answer
        (answer.generatedAt, answer.version, answer.definition.sha256) = (generatedAt, version, reportSHA256)
        var differences: [String] = []
        let fileSHA256 = Report.sha256(of: file)
        if fileSHA256 != self.fileSHA256 {
            differences.append(
                "The file is not the one that was kept: its SHA-256 was \(self.fileSHA256) and is \(fileSHA256).")
        }
        let expected = answer.rendered(as: format)
        if file != expected {
            let line = 1 + zip(file, expected).prefix { $0 == $1 }.count { $0.0 == UInt8(ascii: "\n") }
            differences.append(
                "The file is not the answer as \(format.rawValue), from line \(line) on "
                    + "(\(file.count) bytes, not \(expected.count)).")
            if version != Release.version {
                differences.append("runledger \(version) wrote it and this is \(Release.version), which may be why.")
            }
        }
        return differences
    }

    /// `members`, with each parameter as one of its own.
    private static func flat(_ members: [String: JSONValue]) -> [String: JSONValue] {
        var flat = members
        if case .object(let parameters)? = flat.removeValue(forKey: "parameters") {
            for (name, value) in parameters { flat["parameters.\(name)"] = value }
        }
        return flat
    }

    private static func difference(_ name: String, _ kept: JSONValue?, _ given: JSONValue?) -> String? {
        if kept == given { return nil }
        switch (name, kept, given) {
        case ("rows_sha256", .string(let kept), .string(let given)):
            return "The rows differ: their SHA-256 was \(kept) and is \(given)."
        case ("report_sha256", .string(let kept), .string(let given)):
            return "The report's SQL has changed since: its SHA-256 was \(kept) and is \(given)."
        case (_, let kept?, let given?):
            return "`\(name)` is \(shown(kept)) in the manifest and \(shown(given)) in the answer."
        case (_, let kept?, nil): return "`\(name)` is \(shown(kept)) in the manifest and not in the answer."
        case (_, nil, let given?): return "`\(name)` is \(shown(given)) in the answer and not in the manifest."
        case (_, nil, nil): return nil
        }
    }

    private static let maximumShownLength = 200

    private static func shown(_ value: JSONValue) -> String {
        let text = value.text.displayable
        return text.count > maximumShownLength ? text.prefix(maximumShownLength) + "…" : text
    }
}
