import Foundation
import LedgerGzip
import SystemPackage

/// A file or standard input, plain or gzip, read chunk by chunk. One task reads it, which is why it may be called
/// `Sendable`.
final class InputFile: @unchecked Sendable {
    /// How the file is called in messages.
    let name: String
    /// What is wrong with the file behind the content that could be read.
    private(set) var fault: CommandError?
    private let descriptor: FileDescriptor
    private var inflater: GzipInflater?
    /// The first bytes, while there are too few to tell gzip data by.
    private var beginning: [UInt8]? = []

    /// Decompressed, which makes it a thousand times larger at the most, a chunk still fits memory.
    private static let chunkBytes = 256 << 10
    /// So long a writer of standard input may pause before the lines so far are stored.
    private static let pauseMilliseconds: Int32 = 250

    /// Opens the file at `path`; `-` is standard input.
    init(path: String) throws {
        if path == "-" {
            name = "standard input"
            descriptor = .standardInput
            return
        }
        name = path
        do {
            descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        } catch Errno.noSuchFileOrDirectory {
            throw CommandError("There is no file \(path).")
        } catch {
            throw CommandError("\(path) cannot be opened: \(error).")
        }
    }

    deinit {
        if descriptor != .standardInput { try? descriptor.close() }
    }

    /// The next part of the content; `nil` at the end and at a ``fault``. It is empty when nothing has come for a while.
    func read() async throws -> [UInt8]? {
        guard fault == nil else { return nil }
        try Task.checkCancellation()
        // Reading itself could not be cancelled.
        guard hasInput() else {
            await Task.yield()
            return []
        }
        do {
            let chunk = try [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
                count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            return chunk.isEmpty ? finish() : try content(of: chunk)
        } catch let error as Errno {
            fault = CommandError("\(name) cannot be read: \(error).")
            return nil
        }
    }

    private func hasInput() -> Bool {
        var state = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, Self.pauseMilliseconds) != 0
    }

    private func content(of chunk: [UInt8]) throws -> [UInt8]? {
        var chunk = chunk
        if let start = beginning {
            chunk = start + chunk
            beginning = chunk.count < GzipInflater.magic.count && GzipInflater.magic.starts(with: chunk) ? chunk : nil
            if beginning != nil { return [] }
            if chunk.starts(with: GzipInflater.magic) { inflater = try GzipInflater() }
        }
        guard let inflater else { return chunk }
        var content: [UInt8] = []
        do throws(GzipInflater.Damage) {
            try inflater.inflate(chunk, into: &content)
        } catch {
            fault = CommandError(
                "\(name) is damaged: some of it is not gzip data. The lines before that are stored; get the file again "
                    + "and repeat the command, which stores nothing twice.")
        }
        return content
    }

    private func finish() -> [UInt8]? {
        if let start = beginning, !start.isEmpty {
            beginning = nil
            return start
        }
        if let inflater, !inflater.isComplete {
            fault = CommandError(
                "\(name) ends in the middle of its gzip data. Its whole lines are stored; get the file again and repeat "
                    + "the command, which stores nothing twice.")
        }
        return nil
    }
}
