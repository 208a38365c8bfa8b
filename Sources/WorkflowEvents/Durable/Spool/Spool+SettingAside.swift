#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension Spool {
    /// The directories for what cannot be delivered; nothing is ever removed from them but by hand.
    enum SetAside: String, CaseIterable {
        /// Events that the destination or the rules of an event refuse, with the reasons in a file beside them.
        case refused
        /// Damaged files, and what was left of unfinished ones.
        case torn
    }

    /// Moves the damaged `file` to `torn/`.
    ///
    /// - Returns: where it is now, `nil` if it could not be kept.
    package func setAsideTorn(_ file: SpoolFile) -> String? {
        defer { forget(file) }
        let target = "\(path)/\(SetAside.torn.rawValue)/\(file.owner)-\(file.name)"
        guard setAsideBytes + file.bytes <= maximumSetAsideBytes,
            (try? Directory.rename(path(of: file), to: target)) != nil
        else {
            try? Directory.remove(file: path(of: file))
            return nil
        }
        setAsideBytes += file.bytes
        return target
    }

    /// Writes the events that the destination refused, and why, to `refused/`.
    ///
    /// - Parameter sequence: the number of the batch's first event.
    /// - Returns: where they are, `nil` if they could not be kept.
    package func setAsideRefused(
        _ refused: [RefusedEvent], of events: [WorkflowEvent], owner: String, sequence: UInt64
    ) -> String? {
        var lines: [UInt8] = []
        for refusal in refused { lines.append(line: events[refusal.index]) }
        let file = SpoolFile(owner: owner, sequence: sequence, seal: nil, bytes: 0)
        return setAside(lines, of: file, as: .refused, reasons: refused, ids: refused.map { events[$0.index].id })
    }

    /// Writes `lines`, and the reasons beside them, to a file named after `file`.
    ///
    /// - Returns: where they are, `nil` if they could not be kept.
    func setAside(
        _ lines: [UInt8], of file: SpoolFile, as kind: SetAside, suffix: String = "", reasons: [RefusedEvent] = [],
        ids: [UUID]? = nil
    ) -> String? {
        let name = file.name.prefix { $0 != "." } + suffix
        let target = "\(path)/\(kind.rawValue)/\(file.owner)-\(name)"
        let reasonLines = Self.reasonLines(reasons, ids: ids)
        let bytes = lines.count + reasonLines.count
        guard setAsideBytes + bytes <= maximumSetAsideBytes else { return nil }
        do throws(FileError) {
            try write(lines, to: target + ".ndjson")
            if !reasons.isEmpty { try write(reasonLines, to: target + ".reasons.jsonl") }
        } catch {
            return nil
        }
        setAsideBytes += bytes
        return target + ".ndjson"
    }

    /// How many bytes lie in the directories for what cannot be delivered.
    static func setAsideBytes(in path: String) throws(FileError) -> Int {
        var bytes = 0
        for kind in SetAside.allCases {
            for name in try Directory.names(in: "\(path)/\(kind.rawValue)") {
                bytes += Directory.size(of: "\(path)/\(kind.rawValue)/\(name)") ?? 0
            }
        }
        return bytes
    }

    /// One line of JSON for each reason: `index` is the event's place in its batch, counted from 0.
    private static func reasonLines(_ reasons: [RefusedEvent], ids: [UUID]?) -> [UInt8] {
        var lines: [UInt8] = []
        for (place, refused) in reasons.enumerated() {
            lines.append(contentsOf: "{\"index\":".utf8)
            lines.append(decimal: Int64(refused.index))
            if let id = ids?[place] {
                lines.append(contentsOf: ",\"id\":\"".utf8)
                lines.append(uuid: id)
                lines.append(contentsOf: "\"".utf8)
            }
            lines.append(contentsOf: ",\"reason\":".utf8)
            lines.append(json: refused.reason)
            lines.append(contentsOf: "}\n".utf8)
        }
        return lines
    }

    private func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let file = try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(all: bytes)
        try file.synchronize()
    }
}

extension [UInt8] {
    /// Appends `event` as one line of Event JSON.
    mutating func append(line event: WorkflowEvent) {
        EventJSONWriter.append(event, to: &self)
        append(UInt8(ascii: "\n"))
    }
}
