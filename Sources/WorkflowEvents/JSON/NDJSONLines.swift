/// Splits newline-delimited JSON, which arrives in chunks of any size, into its lines.
///
/// Lines end with LF or CRLF, the last one with either or nothing. Lines of white space alone are passed over but
/// counted. A line longer than the limit is told without its content, so memory is bounded by the limit.
package struct NDJSONLines: Sendable {
    /// One line, valid only while the closure that was given it runs.
    package struct Line {
        /// Its number in the whole text, from 1, blank lines counted.
        package var number: Int
        /// What is on it, without the line ending; empty if it is too long.
        package var bytes: UnsafeRawBufferPointer
        /// Whether it is longer than the limit.
        package var isTooLong: Bool
    }

    private let maximumLineBytes: Int
    /// What came of the present line in earlier chunks.
    private var beginning: [UInt8] = []
    private var isTooLong = false
    private var number = 1

    /// A splitter of lines that are at most `maximumLineBytes` long.
    package init(maximumLineBytes: Int = EventLimits.maximumEventTextBytes) {
        self.maximumLineBytes = maximumLineBytes
    }

    /// Gives `body` each line that ends within `chunk`. After `body` has thrown, the splitter is of no more use.
    package mutating func split<Failure>(
        _ chunk: UnsafeRawBufferPointer, _ body: (Line) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        while let end = chunk.firstOffset(of: UInt8(ascii: "\n"), from: start) {
            let piece = UnsafeRawBufferPointer(rebasing: chunk[start..<end])
            if beginning.isEmpty {
                try give(piece, to: body)
            } else {
                keep(piece)
                try giveBeginning(to: body)
            }
            number += 1
            isTooLong = false
            start = end + 1
        }
        keep(UnsafeRawBufferPointer(rebasing: chunk[start...]))
    }

    /// Gives `body` the last line, if it has no line ending. The splitter is of no more use then.
    package mutating func finish<Failure>(_ body: (Line) throws(Failure) -> Void) throws(Failure) {
        try giveBeginning(to: body)
    }

    private mutating func keep(_ piece: UnsafeRawBufferPointer) {
        // One byte more than allowed may be the CR of a CRLF.
        if isTooLong || beginning.count + piece.count > maximumLineBytes + 1 {
            isTooLong = true
            beginning = []
        } else {
            beginning.append(contentsOf: piece)
        }
    }

    private mutating func giveBeginning<Failure>(to body: (Line) throws(Failure) -> Void) throws(Failure) {
        var line: [UInt8] = []
        swap(&line, &beginning)
        // `withUnsafeBytes` forgets the type of what its closure throws.
        let failure: Failure? = line.withUnsafeBytes { bytes in
            do throws(Failure) { try give(bytes, to: body) } catch { return error }
            return nil
        }
        if let failure { throw failure }
        line.removeAll(keepingCapacity: true)
        swap(&line, &beginning)
    }

    private func give<Failure>(
        _ content: UnsafeRawBufferPointer, to body: (Line) throws(Failure) -> Void
    ) throws(Failure) {
        var line = content
        if line.last == UInt8(ascii: "\r") { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
        if isTooLong || line.count > maximumLineBytes {
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            return try body(Line(number: number, bytes: nothing, isTooLong: true))
        }
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
        try body(Line(number: number, bytes: line, isTooLong: false))
    }
}
