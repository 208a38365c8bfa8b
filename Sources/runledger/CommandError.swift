import Foundation
import LibPQ

/// A failure that the person at the terminal can do something about.
struct CommandError: Error, CustomStringConvertible, LocalizedError {
    /// What happened and what to do, as a sentence.
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// The failure that `error` is, in words.
    init(explaining error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as PostgresError: self.init(Self.sentence(error.explanation))
        case let error as any CustomStringConvertible where !(type(of: error) is NSError.Type):
            self.init(Self.sentence(error.description))
        default: self.init(Self.sentence(error.localizedDescription))
        }
    }

    var errorDescription: String? { description }

    private static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst() + (text.last.map { ".!?".contains($0) } ?? true ? "" : ".")
    }
}

/// A question that only the command itself, not the parser of its arguments, can tell to be wrong usage.
struct UsageError: Error, CustomStringConvertible {
    /// What the parser would print.
    let description: String

    /// - Parameters:
    ///   - message: what is wrong, as a sentence.
    ///   - command: whose help tells more.
    ///   - usage: how that is used.
    init(_ message: String, of command: String, _ usage: String) {
        description = """
            Error: \(message)
            Usage: runledger \(usage)
              See 'runledger \(command) --help' for more information.
            """
    }
}

extension PostgresError {
    /// The message, and what to do about it where the code tells.
    fileprivate var explanation: String {
        guard let advice else { return message }
        return (message.last == "." ? String(message.dropLast()) : message) + "; " + advice
    }

    private var advice: String? {
        switch (code, sqlState?.conditionClass) {
        case (_, "28"): "check the user and the password, which may also come from PGPASSWORD or ~/.pgpass."
        case (_, "3D"): "create the database, or name another with --database-url."
        case (_, "53"): "wait until the server has room again, then run the command again."
        case (_, "57"):
            sqlState == .queryCanceled ? nil : "wait until the server is up again, then run the command again."
        case (.connectionFailed, nil): "check that PostgreSQL runs there and that --database-url is right."
        case (.connectionLost, _), (.unknownOutcome, _), (.timeout, _): "run the command again."
        case (.server, "42") where sqlState == .insufficientPrivilege:
            "log in as a member of the ledger's writer role; to read, its reader role is enough."
        default: nil
        }
    }
}
