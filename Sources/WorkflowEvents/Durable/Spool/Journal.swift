#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file that the events of the open batch are written to before `emit` returns, in spool-first mode.
package struct Journal: Sendable {
    /// The file as it is now.
    package private(set) var file: SpoolFile
    /// Whether the file may hold more than was written successfully.
    package private(set) var isBroken = false
    let handle: OpenFile
    private let synchronizes: Bool
    /// How many events it holds.
    package private(set) var count = 0
    private var checksum = CRC32C()

    /// Makes the file for a batch that begins with event number `sequence`.
    ///
    /// - Parameters:
    ///   - owner: the name of this process's subdirectory.
    ///   - directory: its path.
    ///   - synchronizes: whether each write waits for the disk.
    package init(owner: String, directory: String, sequence: UInt64, synchronizes: Bool) throws(FileError) {
        file = SpoolFile(owner: owner, sequence: sequence, seal: nil, bytes: 0)
        handle = try OpenFile("\(directory)/\(file.name)", O_WRONLY | O_CREAT | O_TRUNC)
        self.synchronizes = synchronizes
        if synchronizes { try OpenFile(directory, O_RDONLY | O_DIRECTORY).synchronize() }
    }

    /// Writes one line; if that fails, the file is as before, or broken.
    package mutating func append(_ line: [UInt8]) throws(FileError) {
        do throws(FileError) {
            try handle.write(all: line)
            if synchronizes { try handle.synchronize() }
        } catch {
            do throws(FileError) { try handle.truncate(to: file.bytes) } catch { isBroken = true }
            throw error
        }
        line.withUnsafeBytes { checksum.update($0) }
        count += 1
        file = SpoolFile(owner: file.owner, sequence: file.sequence, seal: nil, bytes: file.bytes + line.count)
    }

    /// What the whole file promises.
    package var seal: SpoolFile.Seal { SpoolFile.Seal(count: count, checksum: checksum.value) }

    /// Removes the file, which holds no event.
    package func discard() { try? Directory.remove(file: handle.path) }
}
