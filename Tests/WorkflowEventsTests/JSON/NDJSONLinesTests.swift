import Testing

@testable import WorkflowEvents

@Suite("Splitting newline-delimited JSON")
struct NDJSONLinesTests {
    /// The lines of `text` as `number:content`, given in chunks of `chunkBytes`.
    private func lines(_ text: String, chunkBytes: Int, maximumLineBytes: Int = 100) -> [String] {
        var splitter = NDJSONLines(maximumLineBytes: maximumLineBytes)
        var lines: [String] = []
        func note(_ line: NDJSONLines.Line) {
            lines.append(
                line.isTooLong ? "\(line.number)!" : "\(line.number):\(String(decoding: line.bytes, as: UTF8.self))")
        }
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunkBytes) {
            Array(bytes[start..<min(bytes.count, start + chunkBytes)]).withUnsafeBytes { splitter.split($0, note) }
        }
        splitter.finish(note)
        return lines
    }

    @Test("Lines are the same however the text is cut into chunks", arguments: [1, 2, 3, 5, 8, 100])
    func chunks(chunkBytes: Int) {
        #expect(lines("", chunkBytes: chunkBytes) == [])
        #expect(lines("\n", chunkBytes: chunkBytes) == [])
        #expect(lines("a", chunkBytes: chunkBytes) == ["1:a"])
        #expect(lines("a\n", chunkBytes: chunkBytes) == ["1:a"])
        #expect(lines("a\nb", chunkBytes: chunkBytes) == ["1:a", "2:b"])
        #expect(lines("a\r\nb\r\n", chunkBytes: chunkBytes) == ["1:a", "2:b"])
        #expect(lines("\n\n a \n \t\r\n\r\nb\n\n", chunkBytes: chunkBytes) == ["3: a ", "6:b"])
        #expect(lines("é\n😀\r\nlast", chunkBytes: chunkBytes) == ["1:é", "2:😀", "3:last"])
        #expect(lines("a\rb\n", chunkBytes: chunkBytes) == ["1:a\rb"])
    }

    @Test("A line beyond the limit is told, and the next one is read", arguments: [1, 3, 4, 5, 6, 7, 100])
    func tooLong(chunkBytes: Int) {
        let text = "12345\n123456\n12345\r\n123456\r\n\n12345678901234567890\nx\n1234567"
        #expect(
            lines(text, chunkBytes: chunkBytes, maximumLineBytes: 5) == [
                "1:12345", "2!", "3:12345", "4!", "6!", "7:x", "8!",
            ])
    }

    @Test("What the closure throws ends the splitting")
    func throwing() {
        struct Stop: Error {}
        var splitter = NDJSONLines()
        var count = 0
        let bytes = Array("a\nb\nc\n".utf8)
        #expect(throws: Stop.self) {
            try bytes.withUnsafeBytes { chunk in
                try splitter.split(chunk) { line in
                    count += 1
                    if line.number == 2 { throw Stop() }
                }
            }
        }
        #expect(count == 2)
    }

    @Test("A file of events is read line by line, the broken ones by number")
    func events() {
        let good = #"{"run_id":"r","node":"N","phase":"end"}"#
        let text = "\(good)\n\nnot json\n\(good)\n{}\n\(good.dropLast(5))"
        var splitter = NDJSONLines()
        var outcomes: [String] = []
        func note(_ line: NDJSONLines.Line) {
            do throws(EventJSONError) {
                outcomes.append("\(line.number): \(try EventJSONReader().read(line.bytes).event.runID)")
            } catch {
                outcomes.append("\(line.number): \(error)")
            }
        }
        Array(text.utf8).withUnsafeBytes { splitter.split($0, note) }
        splitter.finish(note)
        #expect(
            outcomes == [
                "1: r", "3: not JSON: null should follow at byte 1", "4: r",
                "5: /run_id is required; /node is required; /phase is required",
                "6: not JSON: the text ends within a string at byte 34",
            ])
    }
}
