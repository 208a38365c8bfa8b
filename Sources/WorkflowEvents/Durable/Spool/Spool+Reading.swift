/// What a file of the spool holds.
package enum SpoolContent: Sendable {
    case batch(SpooledEvents)
    /// The file is damaged, in the way said.
    case torn(String)
    /// The file is gone: somebody else removed it.
    case missing
    /// The file may be all right, but cannot be opened at present.
    case unavailable(FileError)
}

/// The events of one file.
package struct SpooledEvents: Sendable {
    /// Those to deliver.
    package var events: [WorkflowEvent] = []
    /// On which line, counted from 0, each of them stands; `nil` if on the line of its index.
    package var positions: [Int]?
    /// Those that are JSON but no events that a ledger takes; the index is the line.
    package var refused: [RefusedEvent] = []
    /// Where the refused are now, `nil` if they could not be kept.
    package var refusedPath: String?
    /// What is wrong with the lines of an unfinished file that are no JSON, `nil` if all are.
    package var damage: String?
    /// Where those lines are now, `nil` if they could not be kept.
    package var tornPath: String?

    package init() {}
}

extension Spool {
    /// Reads `file`; what is wrong in it is set aside.
    package func read(_ file: SpoolFile) -> SpoolContent {
        do throws(FileError) {
            let bytes = try OpenFile(path(of: file), 0).read(size: file.bytes)
            if let damage = damage(of: bytes, sealedAs: file.seal) { return .torn(damage) }
            return parse(bytes, of: file)
        } catch {
            if error.isPassing { return .unavailable(error) }
            return error.isMissing ? .missing : .torn("\(error)")
        }
    }

    /// What tells that `bytes` are not what was written, `nil` if nothing does.
    private func damage(of bytes: [UInt8], sealedAs seal: SpoolFile.Seal?) -> String? {
        guard let seal else { return nil }
        var checksum = CRC32C()
        bytes.withUnsafeBytes { checksum.update($0) }
        return checksum.value == seal.checksum ? nil : "its checksum is not the one in its name"
    }

    private func parse(_ bytes: [UInt8], of file: SpoolFile) -> SpoolContent {
        var reading = SpoolReading(file: file)
        bytes.withUnsafeBytes { reading.readLines(of: $0) }
        if let seal = file.seal {
            if let damage = reading.content.damage { return .torn(damage) }
            if seal.count != reading.lineCount {
                return .torn("it has \(reading.lineCount) lines, not the \(seal.count) in its name")
            }
        }
        // Lines that are refused or torn move the events behind them.
        if let last = reading.positions.last, last + 1 > reading.positions.count {
            reading.content.positions = reading.positions
        }
        if !reading.content.refused.isEmpty {
            reading.content.refusedPath = setAside(
                reading.refusedLines, of: file, as: .refused, suffix: "-invalid", reasons: reading.content.refused)
        }
        if reading.content.damage != nil {
            reading.content.tornPath = setAside(reading.tornLines, of: file, as: .torn)
        }
        return .batch(reading.content)
    }
}

/// Takes the lines of one file apart.
private struct SpoolReading {
    let file: SpoolFile
    var content = SpooledEvents()
    var positions: [Int] = []
    var lineCount = 0
    var refusedLines: [UInt8] = []
    var tornLines: [UInt8] = []
    private let reader = EventJSONReader()

    init(file: SpoolFile) { self.file = file }

    mutating func readLines(of bytes: UnsafeRawBufferPointer) {
        var start = 0
        while start < bytes.count {
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
                return tear(bytes[start...], "its last line is cut off")
            }
            readLine(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            start = end + 1
        }
    }

    private mutating func readLine(_ line: UnsafeRawBufferPointer) {
        defer { lineCount += 1 }
        do throws(EventJSONError) {
            let incoming = try reader.read(line)
            guard incoming.hasID, incoming.hasTimestamp else {
                return refuse(line, "an event in a spool must have an id and a ts")
            }
            positions.append(lineCount)
            content.events.append(incoming.event)
        } catch {
            switch error {
            case .invalid: refuse(line, "\(error)")
            default: tear(line[...], "line \(lineCount + 1) is \(error)")
            }
        }
    }

    private mutating func refuse(_ line: UnsafeRawBufferPointer, _ reason: String) {
        content.refused.append(RefusedEvent(index: lineCount, reason: reason))
        refusedLines.append(contentsOf: line)
        refusedLines.append(UInt8(ascii: "\n"))
    }

    private mutating func tear(_ bytes: Slice<UnsafeRawBufferPointer>, _ reason: String) {
        tornLines.append(contentsOf: bytes)
        tornLines.append(UInt8(ascii: "\n"))
        content.damage = content.damage ?? reason
    }
}
