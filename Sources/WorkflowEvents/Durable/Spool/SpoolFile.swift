/// One batch on disk: Event JSON lines in a file whose name says which events, how many and their checksum.
///
/// `<sequence, 16 digits>-<count>-<CRC-32C, 8 hex digits>.ndjson` once it is whole, `<sequence>.open` before.
package struct SpoolFile: Sendable, Hashable {
    /// What a whole file promises of its content.
    package struct Seal: Sendable, Hashable {
        package var count: Int
        package var checksum: UInt32

        package init(count: Int, checksum: UInt32) {
            self.count = count
            self.checksum = checksum
        }
    }

    /// The name of the subdirectory, and so the process, that it belongs to.
    package let owner: String
    /// The number of its first event among all that its process took.
    package let sequence: UInt64
    /// `nil` for a file that was being written when its process ended: its whole lines count.
    package let seal: Seal?
    /// Its size.
    package let bytes: Int

    package init(owner: String, sequence: UInt64, seal: Seal?, bytes: Int) {
        self.owner = owner
        self.sequence = sequence
        self.seal = seal
        self.bytes = bytes
    }
}
