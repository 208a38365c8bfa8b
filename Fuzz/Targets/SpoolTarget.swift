import Foundation
import WorkflowEvents

extension FuzzTarget {
    /// What a process makes of the files in a spool whose process is gone, real files in a directory.
    ///
    /// The first byte of an input chooses what the file is, the second how many events were written to it:
    /// - **A sealed file**, damaged by the rest of the input, four bytes a step. It is torn unless it is as it was, and is
    ///   then kept to the byte.
    /// - **An unfinished file**, cut off anywhere, with the rest of the input behind. Every event before the cut is read.
    /// - **An unfinished file** of the rest of the input. Its lines are the events, the refused and the torn that a plain
    ///   split finds, each in its place, and what is not delivered is kept.
    ///
    /// Reading it again, also by another process, gives the same; and once it is done with, nothing of it is left but
    /// what was set aside.
    static let spool = FuzzTarget(
        name: "spool", maximumBytes: 1024, check: .suspending { try await SpoolCheck($0).check() })
}

private struct SpoolCheck {
    private enum Expectation {
        case torn
        case lines
    }

    /// What the file holds, and how many of the events written to it stand before the damage.
    private var content: [UInt8]
    private let written: [WorkflowEvent]
    private let wholeCount: Int
    private var seal: SpoolFile.Seal?
    private let expectation: Expectation

    private static let owner = "7-0199a000-0000-7000-8000-000000000001"

    init(_ input: [UInt8]) {
        var input = InputReader(input)
        let kind = input.byte() % 3
        written = Self.events(count: Int(input.byte() % 6))
        let lines = written.map { Array($0.json.utf8) + [UInt8(ascii: "\n")] }
        content = Array(lines.joined())
        switch kind {
        case 0:
            let original = content
            let seal = SpoolFile.Seal(count: written.count, checksum: original.checksum)
            let count = Self.damage(&content, count: written.count, by: &input)
            self.seal = SpoolFile.Seal(count: count, checksum: seal.checksum)
            // Two contents may have one checksum.
            let isWhole = content == original || content.checksum == seal.checksum
            expectation = isWhole && self.seal == seal ? .lines : .torn
            wholeCount = content == original ? written.count : 0
        case 1:
            let cut = input.number(below: content.count + 1)
            content = Array(content.prefix(cut) + input.rest)
            var room = cut
            wholeCount =
                lines.prefix { line in
                    room -= line.count
                    return room >= 0
                }.count
            expectation = .lines
        default:
            content = Array(input.rest)
            (wholeCount, expectation) = (0, .lines)
        }
    }

    /// Events of different lengths, the same every time.
    private static func events(count: Int) -> [WorkflowEvent] {
        (0..<count).map { index in
            WorkflowEvent(
                id: UUID(uuid: (1, 0x99, 0xA0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, UInt8(index))),
                ts: Timestamp(microsecondsSince1970: 1_763_467_200_000_000 + Int64(index)), runID: "run-\(index)",
                node: .lyrics, phase: .end, durationMS: index, metrics: index % 2 == 0 ? [:] : ["score": 0.5],
                issues: index % 3 == 2 ? ["a \"line\"\nbreak"] : [])
        }
    }

    /// Damages `content`, four bytes of `input` a step; returns what the file's name says is the count.
    private static func damage(_ content: inout [UInt8], count: Int, by input: inout InputReader) -> Int {
        var count = count
        while !input.rest.isEmpty {
            let step = input.byte()
            let place = input.number(below: content.count + 1)
            let value = input.byte()
            let range = place..<min(content.count, place + Int(value))
            switch step % 6 {
            case 0 where place < content.count: content[place] ^= value
            case 1: content.removeSubrange(place...)
            case 2: content.removeSubrange(range)
            case 3 where content.count < 4096: content.insert(value, at: place)
            case 4: content.replaceSubrange(range, with: [UInt8](repeating: 0, count: range.count))
            case 5: count = Int(value)
            default: break
            }
        }
        return count
    }

    // MARK: Recovery

    func check() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ledger-fuzz-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = SpoolFile(owner: Self.owner, sequence: 1, seal: seal, bytes: content.count)
        try FileManager.default.createDirectory(atPath: "\(path)/\(file.owner)", withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: "\(path)/\(file.owner)/lock"))
        try Data(content).write(to: URL(filePath: "\(path)/\(file.owner)/\(file.name)"))

        for _ in 0..<2 {
            let spool = try Spool(path: path, maximumSetAsideBytes: 1 << 20)
            try await check(spool, file, adopted: [file])
            try await check(spool, file, adopted: [])
            await spool.close()
        }
        let spool = try Spool(path: path, maximumSetAsideBytes: 1 << 20)
        try await check(spool, file, adopted: [file])
        try await finish(spool, file, path)
        await spool.close()
    }

    private func check(_ spool: Spool, _ file: SpoolFile, adopted expected: [SpoolFile]) async throws {
        let adopted = try await adopt(spool, waiting: !expected.isEmpty)
        try require(adopted == expected, "adopted are \(adopted)")
        switch (await spool.read(file), expectation) {
        case (.torn(let reason), .torn): try require(!reason.isEmpty, "there is no reason")
        case (.batch(let batch), .lines): try checkLines(batch)
        case (let other, _): throw PropertyViolation("\(expectation) is \(other)")
        }
    }

    /// Takes over what is left. A program that is being started at the same time holds every lock of this process for a
    /// moment, until it is itself.
    private func adopt(_ spool: Spool, waiting: Bool) async throws -> [SpoolFile] {
        let limit = ContinuousClock.now + .seconds(30)
        while true {
            let adopted = try await spool.adopt()
            guard waiting, adopted.isEmpty, .now < limit else { return adopted }
        }
    }

    /// Does with the file what a sink does, and looks at what is left.
    private func finish(_ spool: Spool, _ file: SpoolFile, _ path: String) async throws {
        switch expectation {
        case .torn:
            guard let kept = await spool.setAsideTorn(file) else { throw PropertyViolation("nothing is kept") }
            try require(try Data(contentsOf: URL(filePath: kept)) == Data(content), "\(kept) is not what it was")
        case .lines:
            try await spool.remove(file)
        }
        try require(!FileManager.default.fileExists(atPath: "\(path)/\(file.owner)"), "the directory is left")
        guard case .missing = await spool.read(file) else { throw PropertyViolation("the file is left") }
    }

    // MARK: Lines

    /// The lines of the file, as far as they are of one kind.
    private struct Lines {
        var indices: [Int] = []
        var bytes: [UInt8] = []
        var events: [WorkflowEvent] = []

        mutating func append(_ line: ArraySlice<UInt8>, at index: Int, _ event: WorkflowEvent? = nil) {
            indices.append(index)
            bytes += line + [UInt8(ascii: "\n")]
            if let event { events.append(event) }
        }
    }

    private func checkLines(_ batch: SpooledEvents) throws {
        var (good, refused, torn) = (Lines(), Lines(), Lines())
        var lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let last = lines.removeLast()
        for (index, line) in lines.enumerated() {
            switch line.incoming {
            case .success(let incoming) where incoming.hasID && incoming.hasTimestamp:
                good.append(line, at: index, incoming.event)
            case .success, .failure(.invalid): refused.append(line, at: index)
            case .failure: torn.append(line, at: index)
            }
        }
        if !last.isEmpty { torn.append(last, at: lines.count) }

        try require(Array(batch.events.prefix(wholeCount)) == Array(written.prefix(wholeCount)), "an event is lost")
        try require(batch.events.map(\.json) == good.events.map(\.json), "the events are \(batch.events)")
        let positions = batch.positions ?? Array(batch.events.indices)
        try require(positions == good.indices, "events stand on the lines \(good.indices), not \(positions)")
        try require(batch.refused.map(\.index) == refused.indices, "refused are \(batch.refused)")
        try require(batch.refused.allSatisfy { !$0.reason.isEmpty }, "there is no reason")
        try require((batch.damage == nil) == torn.indices.isEmpty, "the damage is \(batch.damage ?? "none")")
        try checkKept(refused.bytes, at: batch.refusedPath)
        try checkKept(torn.bytes, at: batch.tornPath)
    }

    private func checkKept(_ bytes: [UInt8], at path: String?) throws {
        guard let path else { return try require(bytes.isEmpty, "\(bytes.count) bytes are not kept") }
        try require(try Data(contentsOf: URL(filePath: path)) == Data(bytes), "\(path) is not what was on the lines")
    }
}

extension ArraySlice<UInt8> {
    fileprivate var incoming: Result<IncomingEvent, EventJSONError> {
        withUnsafeBytes { bytes in
            Result { () throws(EventJSONError) in try EventJSONReader().read(bytes) }
        }
    }
}

extension [UInt8] {
    fileprivate var checksum: UInt32 {
        var checksum = CRC32C()
        withUnsafeBytes { checksum.update($0) }
        return checksum.value
    }
}
