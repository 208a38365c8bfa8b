#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension SinkState {
    /// Writes `event`, which is appended to the buffer next, to the journal of its batch.
    ///
    /// The events of one batch are all in its journal or none is: where writing fails, a new batch begins.
    ///
    /// - Returns: whether a batch was closed.
    mutating func journal(_ event: borrowing WorkflowEvent, bytes: Int) -> Bool {
        let overflows = buffer.sealIfOverflowing(with: bytes)
        let isFirst = buffer.open.events.isEmpty
        if !isFirst, buffer.open.journal == nil { return overflows }
        line.removeAll(keepingCapacity: true)
        line.append(line: copy event)
        do throws(FileError) {
            guard let spool, let openJournal else { return overflows }
            guard line.count <= spool.room else { throw FileError("write", "the spool, which is full", code: ENOSPC) }
            var journal = if let open = buffer.open.journal { open } else { try openJournal(buffer.nextSequence) }
            defer { if journal.count > 0 { buffer.setJournal(journal) } else { journal.discard() } }
            try journal.append(line)
            self.spool?.bytes += line.count
            journalFailure = nil
            return overflows
        } catch {
            reportJournalFailure(error)
            if isFirst { return overflows }
            buffer.seal()
            return true
        }
    }

    private mutating func reportJournalFailure(_ error: FileError) {
        guard journalFailure == nil else { return }
        journalFailure = JournalFailure(reason: "\(error)")
        wakeSpooler()
    }
}
