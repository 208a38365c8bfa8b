import Foundation
package import HTTPTypes
package import NIOCore
import NIOWebSocket
import WorkflowEventsPostgres

extension ChannelPipeline.SynchronousOperations {
    /// Puts the handlers of a WebSocket in front of all others: `head`, a 101, is answered, and what `subscription` gives
    /// is streamed.
    ///
    /// - Parameter maximumMessageBytes: how long a message of the client may be.
    func addWebSocket(
        _ subscription: Subscription, head: HTTPResponse,
        maximumMessageBytes: Int = WebSocketMachine.maximumMessageBytes
    ) throws {
        let frames = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: maximumMessageBytes))
        try addHandler(frames, position: .first)
        let handler = WebSocketHandler(subscription, head: head, maximumMessageBytes: maximumMessageBytes)
        try addHandler(handler, position: .after(frames))
    }
}

extension StreamHub {
    /// Makes `channel` a WebSocket whose client has been told all of an empty ledger, on the channel's event loop.
    ///
    /// For a look at what clients send, without a database; the hub need not run.
    ///
    /// - Parameter maximumMessageBytes: how long a message of the client may be.
    /// - Throws: where the channel is closed.
    package func openEmptyWebSocket(
        on channel: any Channel, head: HTTPResponse, maximumMessageBytes: Int
    ) throws {
        let subscription = Subscription(
            hub: self, tokenName: nil, filter: StreamFilter(EventFilter()), after: 0, head: 0,
            ledgerID: UUID(uuidString: "00000000-0000-0000-0000-000000000000") ?? UUID())
        try channel.pipeline.syncOperations.addWebSocket(
            subscription, head: head, maximumMessageBytes: maximumMessageBytes)
    }
}
