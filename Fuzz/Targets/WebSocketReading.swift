/// What a server that only listens says to all bytes of a client, by the letter of RFC 6455, read at once.
struct WebSocketReading {
    enum Reply: Equatable {
        case pong([UInt8])
        case close(Int?)
    }

    private(set) var replies: [Reply] = []
    /// Whether a close frame has been sent.
    private(set) var isClosing = false
    /// Whether both sides have sent one.
    private(set) var isClosedAtOnce = false

    private let maximumMessageBytes: Int
    private var message: (isText: Bool, bytes: [UInt8])?

    private struct Frame {
        var first: UInt8
        var isMasked: Bool
        var payload: [UInt8]

        var isFinal: Bool { first & 0x80 != 0 }
        var hasReservedBits: Bool { first & 0x70 != 0 }
        var opcode: UInt8 { first & 0x0F }
    }

    /// Reads `bytes` to their end, or to where the connection is closed.
    init(_ bytes: [UInt8], maximumMessageBytes: Int) {
        self.maximumMessageBytes = maximumMessageBytes
        var rest = bytes[...]
        while !isClosedAtOnce, let frame = next(&rest) {
            if !isClosing {
                answer(frame)
            } else if frame.opcode == 8 {
                isClosedAtOnce = true
            }
        }
    }

    /// Takes a frame off `bytes`; `nil` where it is not all there or, which is answered, cannot be.
    private mutating func next(_ bytes: inout ArraySlice<UInt8>) -> Frame? {
        guard let first = bytes.popFirst(), let second = bytes.popFirst() else { return nil }
        let lengthBytes =
            switch second & 0x7F {
            case 126: 2;
            case 127: 8;
            default: 0
            }
        guard bytes.count >= lengthBytes else { return nil }
        let length =
            lengthBytes == 0
            ? UInt64(second & 0x7F) : bytes.prefix(lengthBytes).reduce(0) { $0 << 8 | UInt64($1) }
        bytes = bytes.dropFirst(lengthBytes)
        if length > UInt64(maximumMessageBytes) { return refuse(1009) }
        let isControl = first & 0x08 != 0
        if isControl, length > 125 || first & 0x80 == 0 { return refuse(1002) }
        let maskBytes = second & 0x80 == 0 ? 0 : 4
        guard bytes.count >= maskBytes + Int(length) else { return nil }
        let mask = maskBytes == 0 ? [0, 0, 0, 0] : Array(bytes.prefix(4))
        bytes = bytes.dropFirst(maskBytes)
        let payload = bytes.prefix(Int(length)).enumerated().map { $1 ^ mask[$0 % 4] }
        bytes = bytes.dropFirst(Int(length))
        return Frame(first: first, isMasked: maskBytes > 0, payload: payload)
    }

    private mutating func refuse(_ code: Int) -> Frame? {
        close(code)
        return nil
    }

    private mutating func close(_ code: Int?) {
        if !isClosing { replies.append(.close(code)) }
        isClosing = true
    }

    private mutating func answer(_ frame: Frame) {
        if frame.hasReservedBits || !frame.isMasked { return close(1002) }
        switch frame.opcode {
        case 0, 1, 2: answerData(frame)
        case 8:
            close(Self.answer(toClose: frame.payload))
            isClosedAtOnce = true
        case 9: replies.append(.pong(frame.payload))
        case 10: break
        default: close(1002)
        }
    }

    private mutating func answerData(_ frame: Frame) {
        guard (frame.opcode == 0) == (message != nil) else { return close(1002) }
        let isText = message?.isText ?? (frame.opcode == 1)
        let bytes = (message?.bytes ?? []) + frame.payload
        if bytes.count > maximumMessageBytes { return close(1009) }
        if isText, !Self.isText(bytes, isWhole: frame.isFinal) { return close(1007) }
        message = frame.isFinal ? nil : (isText, bytes)
    }

    /// The code that answers a close frame with this payload.
    private static func answer(toClose payload: [UInt8]) -> Int? {
        if payload.isEmpty { return nil }
        guard payload.count > 1 else { return 1002 }
        let code = Int(payload[0]) << 8 | Int(payload[1])
        guard [1000, 1001, 1002, 1003].contains(code) || 1007...1014 ~= code || 3000...4999 ~= code else { return 1002 }
        return isText(Array(payload.dropFirst(2)), isWhole: true) ? code : 1007
    }

    /// Whether the bytes are UTF-8 or, if more may follow, begin so.
    private static func isText(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        if String(validating: bytes, as: UTF8.self) != nil { return true }
        if isWhole { return false }
        // One more character may have begun.
        return (1...3).contains { count in
            String(validating: bytes.dropLast(count), as: UTF8.self) != nil
                && beginnings.contains(Array(bytes.suffix(count)))
        }
    }

    /// All beginnings of the UTF-8 of one character, the whole left out.
    private static let beginnings: Set<[UInt8]> = {
        var beginnings: Set<[UInt8]> = []
        // The last six bits make no difference to a beginning.
        for value in stride(from: UInt32(0x80), through: 0x10_FFFF, by: 0x40) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array(String(scalar).utf8)
            for count in 1..<bytes.count { beginnings.insert(Array(bytes.prefix(count))) }
        }
        return beginnings
    }()
}
