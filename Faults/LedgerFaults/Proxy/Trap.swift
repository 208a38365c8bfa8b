/// What a proxy does to the first connection that comes to a certain place.
struct Trap: Sendable {
    enum Place: Sendable {
        /// Any byte that a client sends.
        case anywhere
        /// A byte of COPY's data.
        case copy
        /// The COMMIT.
        case commit
    }

    enum Act: Sendable {
        /// Both sides see the connection end; the server sees nothing of what follows.
        case cut
        /// The client sees it end, the server waits on.
        case leave
        /// The server gets what is sent, and its answer is lost.
        case loseAnswer
        /// Nothing passes for so long, then everything does.
        case freeze(Duration)
    }

    let place: Place
    let act: Act
    /// So many bytes of the place go before.
    var byteCount = 0

    /// Where in `piece` it springs, if it does; else it counts what passes.
    mutating func offset(in piece: [UInt8], _ parts: [MessageScanner.Part]) -> Int? {
        switch place {
        case .commit:
            return parts.first { piece[$0.range].elementsEqual(Self.commit) }?.range.lowerBound
        case .anywhere:
            return count(0..<piece.count)
        case .copy:
            for part in parts where part.type == UInt8(ascii: "d") {
                if let offset = count(part.range) { return offset }
            }
            return nil
        }
    }

    private mutating func count(_ range: Range<Int>) -> Int? {
        if byteCount < range.count { return range.lowerBound + byteCount }
        byteCount -= range.count
        return nil
    }

    /// A simple query.
    private static let commit = Array("Q".utf8) + [0, 0, 0, 11] + Array("COMMIT".utf8) + [0]
}
