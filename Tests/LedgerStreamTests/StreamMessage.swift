import Foundation

/// What a subscriber is told: an event, or a control frame.
struct StreamMessage: Decodable, Equatable {
    var position: Int64?
    var run_id: String?
    var node: String?
    var duration_ms: Int?
    var control: String?
    var ledger_id: String?

    init(_ text: some StringProtocol) throws {
        self = try JSONDecoder().decode(StreamMessage.self, from: Data(text.utf8))
    }
}
