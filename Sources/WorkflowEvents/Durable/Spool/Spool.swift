#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The spool directory: writes, reads and removes the files of batches, each call on a thread that may wait.
///
/// ```
/// <spool>/<pid>-<uuid>/lock                                     held while the process lives
/// <spool>/<pid>-<uuid>/0000000000000001-1000-0a1b2c3d.ndjson    events 1 … 1000 of that process
/// <spool>/<pid>-<uuid>/0000000000001001.open                    being written
/// <spool>/refused/…  <spool>/torn/…                             set aside, until someone removes them
/// ```
package actor Spool {
    /// The name of this process's subdirectory.
    package nonisolated let owner: String
    nonisolated let path: String
    let maximumSetAsideBytes: Int
    var setAsideBytes: Int
    /// `nil` once closed.
    private var own: SpoolOwner?
    private var adopted: [String: (owner: SpoolOwner, fileCount: Int)] = [:]
    /// The storage of the file being written, used again and again.
    private var lines: [UInt8] = []
    private nonisolated let thread: BlockingThread
    private let synchronizer = FileSynchronizer()

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Opens the spool at `path`, making it if it is missing, with a new subdirectory for this process.
    ///
    /// - Parameter maximumSetAsideBytes: how many bytes refused and torn files may take.
    /// - Throws: ``DurableSinkError`` if it cannot be written.
    package init(path: String, maximumSetAsideBytes: Int) throws(DurableSinkError) {
        do throws(FileError) {
            self.path = path
            self.maximumSetAsideBytes = maximumSetAsideBytes
            try Directory.make(path, withParents: true)
            for kind in SetAside.allCases { try Directory.make("\(path)/\(kind.rawValue)") }
            let own = try SpoolOwner(in: path)
            self.own = own
            owner = own.name
            setAsideBytes = try Self.setAsideBytes(in: path)
        } catch {
            throw DurableSinkError(
                .spool, "the spool directory \(path) cannot be used: \(error); set one that this process may write")
        }
        thread = BlockingThread()
    }

    deinit { thread.stop() }

    /// The path of `file`.
    func path(of file: SpoolFile) -> String { "\(path)/\(file.owner)/\(file.name)" }

    /// Writes `batches` to one file each, in order, until one fails.
    ///
    /// The files outlive the process at once, and the machine when the disk has them, which is soon.
    package func store(_ batches: [EventBatch]) -> (files: [SpoolFile], failure: FileError?) {
        var files: [SpoolFile] = []
        do throws(FileError) {
            for batch in batches { files.append(try store(batch)) }
        } catch {
            return (files, error)
        }
        if let own { synchronizer.synchronize(own.directory) }
        return (files, synchronizer.takeFailure())
    }

    /// Makes the journal of a batch that begins with event number `sequence`; called by `emit`, on any thread.
    nonisolated func openJournal(sequence: UInt64, synchronizes: Bool) throws(FileError) -> Journal {
        try Journal(owner: owner, directory: "\(path)/\(owner)", sequence: sequence, synchronizes: synchronizes)
    }

    private func store(_ batch: EventBatch) throws(FileError) -> SpoolFile {
        if let journal = batch.journal, !journal.isBroken { return try seal(journal) }
        lines.removeAll(keepingCapacity: true)
        for event in batch.events { lines.append(line: event) }
        let open = SpoolFile(owner: owner, sequence: batch.sequence, seal: nil, bytes: lines.count)
        var checksum = CRC32C()
        lines.withUnsafeBytes { checksum.update($0) }
        do throws(FileError) {
            let file = try OpenFile(path(of: open), O_WRONLY | O_CREAT | O_TRUNC)
            try file.write(all: lines)
            synchronizer.synchronize(file)
            return try rename(open, sealed: SpoolFile.Seal(count: batch.events.count, checksum: checksum.value))
        } catch {
            try? Directory.remove(file: path(of: open))
            throw error
        }
    }

    private func seal(_ journal: Journal) throws(FileError) -> SpoolFile {
        synchronizer.synchronize(journal.handle)
        return try rename(journal.file, sealed: journal.seal)
    }

    private func rename(_ open: SpoolFile, sealed seal: SpoolFile.Seal) throws(FileError) -> SpoolFile {
        let file = SpoolFile(owner: owner, sequence: open.sequence, seal: seal, bytes: open.bytes)
        try Directory.rename(path(of: open), to: path(of: file))
        return file
    }

    /// Removes `file`, whose events are stored elsewhere, and its directory with the last file of an owner that is gone.
    package func remove(_ file: SpoolFile) throws(FileError) {
        defer { forget(file) }
        try Directory.remove(file: path(of: file))
    }

    func forget(_ file: SpoolFile) {
        guard var entry = adopted[file.owner] else { return }
        entry.fileCount -= 1
        adopted[file.owner] = entry
        guard entry.fileCount == 0 else { return }
        try? entry.owner.removeIfEmpty()
        adopted[file.owner] = nil
    }

    /// Takes over the subdirectories whose processes are gone; one that cannot be listed is left to the next call.
    ///
    /// - Returns: their files in the order to deliver them: by the start of their process, then as emitted.
    /// - Throws: what stands in the way, if nothing was taken over: what was must be delivered from here.
    package func adopt() throws(FileError) -> [SpoolFile] {
        var files: [SpoolFile] = []
        var failure: FileError?
        let names = try Directory.names(in: path).sorted {
            (SpoolOwner.startTime(of: $0) ?? "") < (SpoolOwner.startTime(of: $1) ?? "")
        }
        for name in names where name != owner && adopted[name] == nil {
            guard let owner = SpoolOwner(adopting: name, in: path) else { continue }
            do {
                let found = try owner.files()
                if found.isEmpty {
                    try? owner.removeIfEmpty()
                } else {
                    adopted[name] = (owner, found.count)
                    files += found
                }
            } catch {
                failure = error
            }
        }
        if files.isEmpty, let failure { throw failure }
        return files
    }

    /// Removes this process's subdirectory if it is empty, else leaves it, and those it took over, to the next process.
    package func close() {
        try? own?.removeIfEmpty()
        own = nil
        adopted = [:]
    }
}
