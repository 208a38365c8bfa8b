import Foundation
import NIOCore
import WorkflowEvents

/// What a service says is wrong (`application/problem+json`).
struct ServiceProblem {
    let detail: String
    /// The events at fault.
    let refused: [RefusedEvent]

    /// Reads the body of an answer; `nil` if it is no problem.
    init?(_ body: ByteBuffer) {
        guard let text = try? JSONDecoder().decode(Content.self, from: Data(body.readableBytesView)) else { return nil }
        self.detail = text.detail
        self.refused = (text.errors ?? []).map { error in
            RefusedEvent(
                index: error.index, pointer: error.pointer,
                reason: error.pointer.isEmpty ? error.detail : "\(error.pointer) \(error.detail)")
        }
    }

    private struct Content: Decodable {
        struct Entry: Decodable {
            var index: Int
            var pointer: String
            var detail: String
        }
        var detail: String
        var errors: [Entry]?
    }
}
