import Foundation
import Synchronization

/// What a stream client saw, in the order in which it saw it.
final class StreamLog: Sendable {
    struct Entry: Sendable, Equatable {
        var position: Int64
        var id: UUID
    }

    private struct State {
        var entries: [Entry] = []
        var connections: [String] = []
        var caughtUpCount = 0
        var oddities: [String] = []
    }

    let name: String
    /// Only this node's events are asked for; `nil` for all.
    let node: String?
    private let state = Mutex(State())

    init(name: String, node: String?) {
        self.name = name
        self.node = node
    }

    /// The position of the last event; 0 before the first.
    var position: Int64 { state.withLock { $0.entries.last?.position ?? 0 } }

    var entries: [Entry] { state.withLock(\.entries) }

    /// How often it connected.
    var connectionCount: Int { state.withLock { $0.connections.count } }

    /// What no service may do.
    var oddities: [String] { state.withLock(\.oddities) }

    func connected(to url: String) {
        state.withLock { state in
            state.connections.append("\(state.entries.count) events seen, connected to \(url)")
            state.caughtUpCount = 0
        }
    }

    func odd(_ text: String) {
        state.withLock { $0.oddities.append("\(name): \(text)") }
    }

    /// Takes the JSON of a data frame; of a frame of control where it is one.
    func saw(_ json: some Collection<UInt8>) {
        guard let frame = try? JSONDecoder().decode(Frame.self, from: Data(json)) else {
            return odd("cannot read \(String(decoding: json, as: UTF8.self))")
        }
        state.withLock { state in
            if let position = frame.position, let id = frame.id {
                state.entries.append(Entry(position: position, id: id))
            } else if frame.control == "caught_up" {
                state.caughtUpCount += 1
                if state.caughtUpCount > 1 { state.oddities.append("\(name): caught_up came twice") }
            }
        }
    }

    /// The whole log as lines.
    var lines: [String] {
        state.withLock { state in state.connections + state.entries.map { "\($0.position) \($0.id.uuidString)" } }
    }

    private struct Frame: Decodable {
        var position: Int64?
        var id: UUID?
        var control: String?
    }
}
