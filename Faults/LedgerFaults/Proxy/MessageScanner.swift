/// Finds the messages in what a client of PostgreSQL sends (PostgreSQL manual, "Message Formats"), however the bytes
/// are cut into pieces.
struct MessageScanner {
    /// A message, or the part of one that a piece holds.
    struct Part {
        /// The message's type; 0 for those at the start of a session, which have none.
        let type: UInt8
        /// Where in the piece it lies.
        let range: Range<Int>
    }

    private var header: [UInt8] = []
    private var missing = 0
    private var hasBegun = false

    private static let encryptionRequests: ClosedRange<UInt32> = 80_877_103...80_877_104

    /// The parts of messages in `piece`, in order.
    mutating func parts(of piece: [UInt8]) -> [Part] {
        var parts: [Part] = []
        var start = 0
        var index = 0
        while index < piece.count {
            if missing == 0 {
                header.append(piece[index])
                index += 1
                guard header.count == headerCount else { continue }
                missing = bodyCount
                if missing > 0 { continue }
            } else {
                let taken = min(missing, piece.count - index)
                if header.first == 0, header.count < 8 {
                    header += piece[index..<index + min(taken, 8 - header.count)]
                }
                missing -= taken
                index += taken
            }
            parts.append(Part(type: hasBegun ? header[0] : 0, range: start..<index))
            start = index
            if missing == 0 { endMessage() }
        }
        return parts
    }

    private var headerCount: Int { hasBegun ? 5 : 4 }

    private var length: UInt32 { header.dropFirst(headerCount - 4).prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

    private var bodyCount: Int { max(0, Int(length) - 4) }

    /// A request for encryption is followed by another message without a type.
    private mutating func endMessage() {
        if !hasBegun {
            let code = header.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
            hasBegun = !Self.encryptionRequests.contains(code)
        }
        header = []
    }
}
