/// Reads JSON (RFC 8259) token by token from borrowed bytes.
///
/// Every look at a byte goes through ``peek()`` or a checked slice, so a malformed text cannot lead beyond the bytes.
struct JSONCursor {
    /// The text.
    let bytes: UnsafeRawBufferPointer
    private let end: Int
    /// Where the next token begins.
    var offset: Int

    /// How deep values may nest. Events need three levels; the rest is for values that are skipped.
    static let maximumDepth = 64

    /// A cursor before the first token of `bytes`; a byte order mark is passed over, as RFC 8259 (section 8.1) allows.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        self.end = bytes.count
        self.offset = bytes.begins(with: "\u{FEFF}") ? 3 : 0
        skipWhiteSpace()
    }

    /// The byte at the cursor, or 0, which begins no token, at the end.
    @inline(__always)
    func peek() -> UInt8 {
        offset < end ? bytes[offset] : 0
    }

    /// Whether nothing is left.
    var isAtEnd: Bool { offset >= end }

    @inline(__always)
    mutating func skipWhiteSpace() {
        while case let byte = peek(), byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            offset += 1
        }
    }

    /// Passes over `byte` and the white space behind it, if it is next.
    @inline(__always)
    mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: byte) else { return false }
        offset += 1
        skipWhiteSpace()
        return true
    }

    /// Passes over `byte` and the white space behind it.
    @inline(__always)
    mutating func expect(_ byte: Unicode.Scalar) throws(JSONSyntaxError) {
        guard take(byte) else { throw unexpected("'\(byte)'") }
    }

    /// Passes over `word` and the white space behind it.
    mutating func skipWord(_ word: StaticString) throws(JSONSyntaxError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard peek() == word.utf8Start[index] else { throw unexpected("\(word)") }
            offset += 1
        }
        skipWhiteSpace()
    }

    /// The end of the text is next.
    func expectEnd() throws(JSONSyntaxError) {
        guard isAtEnd else { throw fault("there is more text after the value") }
    }

    /// The error that `wanted` should be next but is not.
    func unexpected(_ wanted: String) -> JSONSyntaxError {
        fault(isAtEnd ? "the text ends where \(wanted) should follow" : "\(wanted) should follow")
    }

    /// The error `detail` at the cursor.
    func fault(_ detail: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: offset, detail: detail)
    }
}
