import NIOCore

/// Why a stream ends.
enum StreamEnding: Sendable {
    /// The service shuts down.
    case shutdown
    /// The database has been away too long for a reader of history.
    case databaseAway
    /// The history cannot be read, and trying again would not help.
    case failed
    /// The token that opened it has been revoked or has expired.
    case unauthorized
    /// The client has not taken or answered anything for long.
    case unresponsive
}

/// A client's connection, as a subscription sees it; everything happens on its event loop.
protocol StreamOutput: AnyObject {
    /// In which form it takes frames.
    var form: FrameForm { get }
    /// Whether it takes more without piling it up.
    var isWritable: Bool { get }
    /// Sends `bytes` with the next flush.
    func write(_ bytes: ByteBuffer)
    func flush()
    /// Called every few seconds: shows that the stream lives.
    ///
    /// - Returns: whether the client does.
    func keepAlive(now: NIODeadline) -> Bool
    /// Says why, and closes.
    func end(_ ending: StreamEnding)
}
