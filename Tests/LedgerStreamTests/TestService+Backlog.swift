import LedgerServiceTestSupport
import LedgerTestSupport

extension TestService {
    /// Stores more than the buffers between the service and a client that does not read hold.
    ///
    /// Returns when another stream has told all of it, so that it has been written to that client as far as it goes.
    func storeBacklog() async throws {
        try await WebSocketClient.connect(self, "/v1/stream") { other in
            let text = String(repeating: "x", count: 4000)
            for first in stride(from: 0, to: 4000, by: 100) {
                try await post(numberedEvents(first..<first + 100, issue: text))
                guard try await other.events(100).events.count == 100 else {
                    throw ServiceTestError("the other stream ended")
                }
            }
        }
    }
}
