import Foundation
import SystemPackage

/// A file that a command writes whole or not at all.
enum OutputFile {
    /// Writes `bytes` to `path`, in place of what stands there.
    ///
    /// - Throws: ``CommandError``; the file is then as it was.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
        let target = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        if let type = attributes?[.type] as? FileAttributeType, type != .typeRegular {
            let kind = type == .typeDirectory ? "a directory" : "no file"
            throw CommandError("\(path) cannot be written: it is \(kind).")
        }
        let draft = target + ".\(UInt64.random(in: .min ... .max)).draft"
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(draft), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
            try descriptor.closeAfter {
                try descriptor.writeAll(bytes)
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(draft, target) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(draft)
            throw CommandError("\(path) cannot be written: \(reason(error, at: target)).")
        }
    }

    /// The bytes of the file at `path`.
    static func read(_ path: String) throws(CommandError) -> [UInt8] {
        do {
            let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter {
                var bytes: [UInt8] = []
                while true {
                    let chunk = try [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
                        count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
                    }
                    if chunk.isEmpty { return bytes }
                    bytes += chunk
                }
            }
        } catch Errno.noSuchFileOrDirectory {
            throw CommandError("There is no file \(path).")
        } catch {
            throw CommandError("\(path) cannot be read: \(error).")
        }
    }

    private static let chunkBytes = 256 << 10

    private static func reason(_ error: any Error, at path: String) -> String {
        let directory = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        return error as? Errno == .noSuchFileOrDirectory ? "there is no directory \(directory)" : "\(error)"
    }
}
