import Foundation

/// A failure that the person at the terminal can do something about.
struct CommandError: Error, CustomStringConvertible, LocalizedError {
    /// What happened and what to do, in one sentence.
    let description: String

    init(_ description: String) {
        self.description = description
    }

    var errorDescription: String? { description }
}
