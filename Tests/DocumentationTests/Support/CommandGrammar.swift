import Foundation
import LedgerTestSupport
import Testing

/// The command's subcommands and options, as the command itself describes them.
struct CommandGrammar: Decodable {
    struct Command: Decodable {
        var commandName: String
        var subcommands: [Command]?
        var defaultSubcommand: String?
        var arguments: [Argument]?
        var discussion: String?

        /// It and all below it.
        var all: [Command] { [self] + (subcommands ?? []).flatMap(\.all) }
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            var name: String
        }
        var kind: String
        var names: [Name]?
        var allValues: [String]?
        var isRepeating: Bool
    }

    var command: Command

    static func load() async throws -> CommandGrammar {
        let outcome = try await CommandLineTool()("--experimental-dump-help")
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(CommandGrammar.self, from: Data(outcome.output.utf8))
    }

    /// Every long option of any subcommand, with its dashes.
    var options: Set<String> {
        Set(command.all.flatMap { $0.arguments ?? [] }.flatMap { $0.names ?? [] }.map { "--" + $0.name })
    }

    /// What is wrong with a line that runs the command; nil if it can be parsed.
    ///
    /// Words in capitals and those with an ellipsis stand for others.
    func mistake(in line: String) -> String? {
        var words = line.prefix { !"|#".contains($0) }.split(separator: " ").map(String.init)[...]
        words = words.drop { $0.contains(/^[A-Z_]+=/) }
        guard words.popFirst() == "runledger" else { return "does not begin with runledger" }
        var command = command
        while let next = command.subcommands?.first(where: { $0.commandName == words.first }) {
            words.removeFirst()
            command = next
        }
        if let name = command.defaultSubcommand, let word = words.first, word != "…" {
            guard let standard = command.subcommands?.first(where: { $0.commandName == name }) else { return nil }
            command = standard
        } else if command.subcommands?.isEmpty == false, let word = words.first, word != "…", !word.hasPrefix("-") {
            return "\(command.commandName) has no subcommand \(word)"
        }
        return Self.mistake(in: words, of: command)
    }

    private static func mistake(in words: ArraySlice<String>, of command: Command) -> String? {
        let arguments = command.arguments ?? []
        var positionals = arguments.filter { $0.kind == "positional" }[...]
        var words = words
        while let word = words.popFirst() {
            if word == "--" || word == "…" { return nil }
            if word.hasPrefix("-"), word != "-" {
                let name = word.drop { $0 == "-" }.prefix { $0 != "=" }
                guard let option = arguments.first(where: { $0.names?.contains { $0.name == name } == true }) else {
                    return "\(command.commandName) has no \(word)"
                }
                guard option.kind == "option", !word.contains("=") else { continue }
                // A page may name an option without a value.
                guard let value = words.popFirst() else { return nil }
                if let values = option.allValues, !values.contains(value), value != value.uppercased() {
                    return "\(word) is none of \(values)"
                }
            } else if positionals.isEmpty {
                return "\(command.commandName) takes no \(word)"
            } else if positionals.first?.isRepeating == false {
                positionals.removeFirst()
            }
        }
        return nil
    }
}
