/// The key with which requests to a webhook are signed. It shows itself in no description.
package struct WebhookSecret: Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    /// The secret that an environment variable or a file holds; one line end after it does not belong to it.
    ///
    /// - Throws: ``ScheduleError`` `badSecret` if it is empty or longer than 4096 bytes.
    package init(_ contents: some Sequence<UInt8>) throws(ScheduleError) {
        var bytes = Array(contents.prefix(Self.maximumBytes + 3))
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard 1...Self.maximumBytes ~= bytes.count else {
            throw ScheduleError(.badSecret, "the secret of the webhook has 1 to \(Self.maximumBytes) bytes")
        }
        self.bytes = bytes
    }

    package var description: String { "(secret)" }

    private static let maximumBytes = 4096
}
