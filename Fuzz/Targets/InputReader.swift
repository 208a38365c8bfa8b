/// Takes numbers off the front of an input, so that its mutations choose among cases. Beyond the end there are zeros.
struct InputReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ input: [UInt8]) {
        rest = input[...]
    }

    mutating func byte() -> UInt8 {
        rest.popFirst() ?? 0
    }

    /// A number below `count`, of two bytes.
    mutating func number(below count: Int) -> Int {
        let number = Int(byte()) << 8 | Int(byte())
        return number % count
    }
}

extension [UInt8] {
    /// The bytes in pieces of 1 to 16, whose lengths follow from the bytes themselves.
    var pieces: [ArraySlice<UInt8>] {
        var state = UInt64(count)
        for byte in self { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let end = Swift.min(count, start + 1 + Int(state >> 60))
            pieces.append(self[start..<end])
            start = end
        }
        return pieces
    }
}
