import Foundation

/// A file or standard input, plain or gzip, read chunk by chunk.
final class InputFile: @unchecked Sendable {
    /// How the file is called in messages.
    let name: String
    private let handle: FileHandle
    private var inflater: GzipInflater?
    private var isAtBeginning = true

    /// Compressed a thousandfold at the most, a chunk of gzip data still fits memory.
    private static let chunkBytes = 256 << 10

    /// Opens the file at `path`; `-` is standard input.
    init(path: String) throws {
        if path == "-" {
            name = "standard input"
            handle = .standardInput
        } else {
            name = path
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw CommandError("There is no file \(path).")
            }
            guard !isDirectory.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
                throw CommandError("\(path) cannot be read; it must be a file that you may open.")
            }
            self.handle = handle
        }
    }

    /// The next part of the content, never empty; `nil` at the end.
    func read() throws -> [UInt8]? {
        while let chunk = try handle.read(upToCount: Self.chunkBytes), !chunk.isEmpty {
            if isAtBeginning, chunk.starts(with: GzipInflater.magic) { inflater = try GzipInflater() }
            isAtBeginning = false
            guard let inflater else { return Array(chunk) }
            let content = try inflater.inflate(chunk, of: name)
            if !content.isEmpty { return content }
        }
        if let inflater, !inflater.isComplete {
            throw CommandError("\(name) ends in the middle of its gzip data; what was whole is stored.")
        }
        return nil
    }
}
