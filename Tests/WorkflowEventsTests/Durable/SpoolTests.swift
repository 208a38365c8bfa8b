import Foundation
import Testing
import WorkflowEvents

@Suite("The spool directory")
struct SpoolTests {
    func batch(_ sequence: UInt64, _ events: [WorkflowEvent]) -> EventBatch {
        EventBatch(
            sequence: sequence, events: events, bytes: events.reduce(0) { $0 + $1.estimatedBytes },
            oldest: MonotonicTime(sinceOrigin: .zero))
    }

    func withSpool(_ body: (Spool, String) async throws -> Void) async throws {
        try await withTemporaryDirectory { path in
            try await body(try Spool(path: path, maximumSetAsideBytes: 1 << 20), path)
        }
    }

    @Test("A file's name tells its events, and only names of our own making are read")
    func names() {
        let file = SpoolFile(
            owner: "o", sequence: 1001, seal: SpoolFile.Seal(count: 20, checksum: 0x00AB_CDEF), bytes: 5)
        #expect(file.name == "0000000000001001-20-00abcdef.ndjson")
        #expect(SpoolFile(owner: "o", name: file.name, bytes: 5) == file)
        let open = SpoolFile(owner: "o", sequence: 1001, seal: nil, bytes: 5)
        #expect(open.name == "0000000000001001.open")
        #expect(SpoolFile(owner: "o", name: open.name, bytes: 5) == open)
        for name in [
            "lock", "", ".open", "1.open", "0000000000001001-20.ndjson", "0000000000001001-20-00ABCDEF.ndjson",
            "0000000000001001-+20-00abcdef.ndjson", "0000000000001001-20-00abcdef.ndjson~", "x.ndjson",
        ] {
            #expect(SpoolFile(owner: "o", name: name, bytes: 0) == nil, "\(name)")
        }
    }

    @Test("What is written is read again, to the last digit")
    func roundTrip() async throws {
        try await withSpool { spool, path in
            var events = numberedEvents(3)
            events[1].metrics = ["ratio": 0.1, "big": MetricValue(Int64.max), "whole": 5.0]
            events[1].issues = ["line\nbreak", "\u{2028} \u{1F3B5} \"quotes\" \\", ""]
            events[1].executionID = UUID()
            events[1].traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
            let (files, failure) = await spool.store([batch(1, events), batch(4, numberedEvents(1))])
            #expect(failure == nil)
            #expect(files.map(\.sequence) == [1, 4])
            #expect(WorkflowEventsTests.files(under: path) == files.map { "\(spool.owner)/\($0.name)" })
            guard case .batch(let content) = await spool.read(files[0]) else { Issue.record("torn"); return }
            #expect(content.events == events)
            #expect(content.positions == nil)
            try await spool.remove(files[0])
            guard case .missing = await spool.read(files[0]) else { Issue.record("still there"); return }
        }
    }

    @Test("A file with one changed bit, a line less or a cut end is torn", arguments: ["bit", "line", "end", "name"])
    func torn(damage: String) async throws {
        try await withSpool { spool, path in
            let file = try #require(await spool.store([batch(1, numberedEvents(5))]).files.first)
            let url = URL(filePath: "\(path)/\(file.owner)/\(file.name)")
            var content = try Data(contentsOf: url)
            var damaged = file
            switch damage {
            case "bit": content[content.count / 2] ^= 1
            case "line": content = content[..<(content.firstIndex(of: UInt8(ascii: "\n")) ?? 0)]
            case "end": content.removeLast(10)
            default:
                damaged = SpoolFile(
                    owner: file.owner, sequence: 1,
                    seal: SpoolFile.Seal(count: 6, checksum: file.seal?.checksum ?? 0), bytes: file.bytes)
                try FileManager.default.moveItem(
                    at: url, to: url.deletingLastPathComponent().appending(path: damaged.name))
            }
            if damage != "name" { try content.write(to: url) }
            guard case .torn(let reason) = await spool.read(damaged) else { Issue.record("not torn"); return }
            #expect(!reason.isEmpty)
            let kept = await spool.setAsideTorn(damaged)
            #expect(kept == "\(path)/torn/\(file.owner)-\(damaged.name)")
            #expect(WorkflowEventsTests.files(under: path).count == 1)
        }
    }

    @Test("Of a file that was being written the whole lines count, and the rest is set aside")
    func unfinished() async throws {
        try await withSpool { spool, path in
            let file = try #require(await spool.store([batch(1, numberedEvents(3))]).files.first)
            let whole = "\(path)/\(file.owner)/\(file.name)"
            let open = SpoolFile(owner: file.owner, sequence: 1, seal: nil, bytes: file.bytes - 10)
            let content = try Data(contentsOf: URL(filePath: whole)).dropLast(10)
            try content.write(to: URL(filePath: "\(path)/\(file.owner)/\(open.name)"))
            guard case .batch(let read) = await spool.read(open) else { Issue.record("torn"); return }
            #expect(read.events.map(\.durationMS) == [0, 1])
            #expect(read.damage == "its last line is cut off")
            let torn = try #require(read.tornPath)
            #expect(try content.suffix(20) == Data(contentsOf: URL(filePath: torn)).dropLast().suffix(20))
        }
    }

    @Test("An event that no ledger takes is set aside with the reason, and the others keep their places")
    func invalid() async throws {
        try await withSpool { spool, path in
            var events = numberedEvents(3)
            events[1].runID = ""
            let file = try #require(await spool.store([batch(1, events)]).files.first)
            guard case .batch(let read) = await spool.read(file) else { Issue.record("torn"); return }
            #expect(read.events.map(\.durationMS) == [0, 2])
            #expect(read.positions == [0, 2])
            #expect(read.refused.map(\.index) == [1])
            let refused = try #require(read.refusedPath)
            #expect(refused == "\(path)/refused/\(file.owner)-\(file.name.dropLast(7))-invalid.ndjson")
            let lines = try String(contentsOfFile: refused, encoding: .utf8).split(separator: "\n")
            #expect(lines == [Substring(events[1].json)])
            let reasons = try String(
                contentsOfFile: refused.replacing(".ndjson", with: ".reasons.jsonl"), encoding: .utf8)
            #expect(reasons.hasPrefix(#"{"index":1,"reason":"/run_id "#))
        }
    }

    @Test("What is set aside is bounded")
    func setAsideIsBounded() async throws {
        try await withTemporaryDirectory { path in
            let spool = try Spool(path: path, maximumSetAsideBytes: 1000)
            let events = numberedEvents(5)
            let refused = (0..<5).map { RefusedEvent(index: $0, reason: "no") }
            let one = await spool.setAsideRefused([refused[0]], of: events, owner: spool.owner, sequence: 1)
            let all = await spool.setAsideRefused(refused, of: events, owner: spool.owner, sequence: 2)
            #expect(one != nil)
            #expect(all == nil)
            #expect(files(under: path).count == 2)
            let next = try Spool(path: path, maximumSetAsideBytes: 1000)
            #expect(await next.setAsideRefused(refused, of: events, owner: "o", sequence: 2) == nil)
        }
    }

    @Test("A directory whose process lives is left alone; one whose process is gone is taken over once")
    func adoption() async throws {
        try await withSpool { own, path in
            let living = try Spool(path: path, maximumSetAsideBytes: 0)
            let files = await living.store([batch(1, numberedEvents(2)), batch(3, numberedEvents(1))]).files
            #expect(try await own.adopt() == [])
            await living.close()
            let other = try Spool(path: path, maximumSetAsideBytes: 0)
            async let first = own.adopt()
            async let second = other.adopt()
            let taken = try await [first, second]
            #expect(taken.contains(files) && taken.contains([]))
            let owner = taken[0].isEmpty ? other : own
            for file in files {
                guard case .batch = await owner.read(file) else { Issue.record("torn"); return }
                try await owner.remove(file)
            }
            #expect(!FileManager.default.fileExists(atPath: "\(path)/\(living.owner)"))
        }
    }

    @Test("Directories are taken over by the start of their process")
    func adoptionOrder() async throws {
        try await withSpool { own, path in
            for (name, sequence) in [
                ("999999-0199a000-0000-7000-8000-000000000002", 1), ("3-0199a000-0000-7000-8000-000000000003", 1),
                ("77-0199a000-0000-7000-8000-000000000001", 12), ("77-0199a000-0000-7000-8000-000000000001", 2),
            ] {
                try FileManager.default.createDirectory(
                    atPath: "\(path)/\(name)", withIntermediateDirectories: true)
                try Data().write(to: URL(filePath: "\(path)/\(name)/lock"))
                let file = SpoolFile(owner: name, sequence: UInt64(sequence), seal: nil, bytes: 0)
                try Data().write(to: URL(filePath: "\(path)/\(name)/\(file.name)"))
            }
            try FileManager.default.createDirectory(atPath: "\(path)/notes", withIntermediateDirectories: true)
            let adopted = try await own.adopt().map { "\($0.owner.suffix(1))/\($0.sequence)" }
            #expect(adopted == ["1/2", "1/12", "2/1", "3/1"])
        }
    }

    @Test("A directory that cannot be made is refused at the start, in a sentence that names it")
    func unusable() async throws {
        try await withTemporaryDirectory { path in
            try Data().write(to: URL(filePath: "\(path)/file"))
            #expect { try Spool(path: "\(path)/file/spool", maximumSetAsideBytes: 0) } throws: { error in
                let error = error as? DurableSinkError
                return error?.code == .spool && error?.message.contains("\(path)/file/spool") == true
            }
            _ = try Spool(path: "\(path)/a/b/c/", maximumSetAsideBytes: 0)
            #expect(FileManager.default.fileExists(atPath: "\(path)/a/b/c"))
        }
    }
}
