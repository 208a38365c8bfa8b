import Foundation
import Synchronization
import WorkflowEvents

/// A writer's own record, in a file that survives it: what it was about to send, and what it was promised.
///
/// A line is written by one call, before the event is sent or after it was acknowledged.
final class Journal: Sendable {
    /// What a line says.
    enum Entry: Hashable, Sendable {
        /// A process of this writer begins.
        case began
        /// The event is about to be sent.
        case sent(EventName)
        /// The event is on disk, from where it will be delivered.
        case kept(EventName)
        /// The event is stored in the ledger.
        case acknowledged(EventName)
        /// The process ends in good order: all that it sent is acknowledged or kept on disk.
        case ended
        /// The writer's clock was set.
        case clockStepped
        /// The process has run for another ``SkillWork/beat``.
        case beat
        /// So many events were dropped, as the sink itself says.
        case dropped(Int)
    }

    private let descriptor: Int32
    private let lock = Mutex(())

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FaultsError("\(path) cannot be written") }
    }

    deinit {
        close(descriptor)
    }

    func add(_ entries: some Sequence<Entry>) {
        let text = Array(entries.map { $0.line + "\n" }.joined().utf8)
        lock.withLock { _ in
            var rest = text[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 { rest = rest.dropFirst(count) }
            }
        }
    }

    func add(_ entry: Entry) {
        add(CollectionOfOne(entry))
    }

    /// Reads the file of a writer that has ended. A line that a killed process did not finish says nothing.
    static func read(_ path: String) throws -> [Entry] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { Entry(line: $0) }
    }
}

extension Journal.Entry {
    fileprivate var line: String {
        switch self {
        // The line before may be torn.
        case .began: "\nbegan"
        case .sent(let name): "sent\t\(name.text)."
        case .kept(let name): "kept\t\(name.text)."
        case .acknowledged(let name): "acknowledged\t\(name.text)."
        case .ended: "ended"
        case .clockStepped: "clock"
        case .beat: "beat"
        case .dropped(let count): "dropped\t\(count)."
        }
    }

    fileprivate init?(line: Substring) {
        let (word, rest) = line.firstIndex(of: "\t").map { (line[..<$0], line[$0...].dropFirst()) } ?? (line, "")
        switch word {
        case "began": self = .began
        case "ended": self = .ended
        case "clock": self = .clockStepped
        case "beat": self = .beat
        case "sent", "kept", "acknowledged":
            guard rest.last == ".", let name = EventName(text: rest.dropLast()) else { return nil }
            self = word == "sent" ? .sent(name) : word == "kept" ? .kept(name) : .acknowledged(name)
        case "dropped":
            guard rest.last == ".", let count = Int(rest.dropLast()) else { return nil }
            self = .dropped(count)
        default: return nil
        }
    }
}
