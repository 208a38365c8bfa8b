import Foundation
import LedgerReporting
import SystemPackage

/// What the command knows of the terminal, and how it writes to it.
enum Terminal {
    /// Whether standard output is a terminal.
    static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
    /// Whether standard error is a terminal that understands more than plain lines.
    private static let errorIsTerminal = isatty(STDERR_FILENO) == 1 && !isDumb
    private static let isDumb = ProcessInfo.processInfo.environment["TERM"] == "dumb"

    /// Whether standard output takes colours: a terminal, and `NO_COLOR` not set.
    static let hasColors =
        outputIsTerminal && !isDumb && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

    /// How many columns standard output shows, or `nil` if it is no terminal.
    static var width: Int? {
        if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init), columns > 0 {
            return columns
        }
        var size = winsize()
        guard outputIsTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes `bytes` to standard output, all of them before it returns.
    ///
    /// - Throws: ``OutputClosed`` if nobody reads any more; otherwise ``CommandError``.
    static func write(_ bytes: [UInt8]) throws {
        do {
            try FileDescriptor.standardOutput.writeAll(bytes)
        } catch Errno.brokenPipe {
            throw OutputClosed()
        } catch {
            throw CommandError("Standard output cannot be written: \(error).")
        }
    }

    /// Writes `text` to standard output.
    static func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Writes what others have said, in a format for programs, to standard output: as it is, but where that is a
    /// terminal, without anything that would be a command to it.
    static func write(data: [UInt8]) throws {
        try write(outputIsTerminal ? Array(String(decoding: data, as: UTF8.self).withoutCommands.utf8) : data)
    }

    /// Writes a line for the person at the terminal to standard error.
    static func note(_ text: String) {
        clearProgress()
        writeError(text.withoutCommands + "\n")
    }

    /// Shows how far things are, in the last line of standard error, if that is a terminal.
    static func progress(_ text: String) {
        if errorIsTerminal { writeError("\r\u{1B}[2K\(text)") }
    }

    /// Takes away what ``progress(_:)`` shows.
    static func clearProgress() {
        progress("")
    }

    private static func writeError(_ text: String) {
        // Nobody is left to be told of a failure.
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}

extension String {
    /// The text with what a terminal would obey, or what would turn text around, as JSON escapes it (`\u001b`): in JSON it
    /// means the same. Line ends and tabs stay.
    fileprivate var withoutCommands: String {
        // A line end of two characters is one.
        if allSatisfy({ $0.isNewlineOrTab || $0.unicodeScalars.allSatisfy(\.isDisplayable) }) { return self }
        var text = UnicodeScalarView()
        for character in self {
            for scalar in character.unicodeScalars {
                if character.isNewlineOrTab || scalar.isDisplayable {
                    text.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)".unicodeScalars
                }
            }
        }
        return String(text)
    }
}

extension Character {
    fileprivate var isNewlineOrTab: Bool { self == "\n" || self == "\r\n" || self == "\t" }
}

/// Whoever read standard output has closed it, as `head` does when it has enough.
struct OutputClosed: Error {}
