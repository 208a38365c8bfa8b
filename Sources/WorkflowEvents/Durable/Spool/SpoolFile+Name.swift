extension SpoolFile {
    /// The file's name in its owner's directory.
    package var name: String {
        let digits = String(sequence)
        let sequence = String(repeating: "0", count: max(0, 16 - digits.count)) + digits
        guard let seal else { return "\(sequence).open" }
        let hex = String(seal.checksum, radix: 16)
        return "\(sequence)-\(seal.count)-\(String(repeating: "0", count: 8 - hex.count))\(hex).ndjson"
    }

    /// The file that `name` says it is, `nil` if it is no batch.
    package init?(owner: String, name: String, bytes: Int) {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let parts = name[..<dot].split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, let sequence = UInt64(first) else { return nil }
        switch name[dot...] {
        case ".open" where parts.count == 1:
            self.init(owner: owner, sequence: sequence, seal: nil, bytes: bytes)
        case ".ndjson" where parts.count == 3:
            guard let count = Int(parts[1]), let checksum = UInt32(parts[2], radix: 16) else { return nil }
            self.init(owner: owner, sequence: sequence, seal: Seal(count: count, checksum: checksum), bytes: bytes)
        default: return nil
        }
        // Only names of our own making, so that a file and its name always find each other.
        guard self.name == name else { return nil }
    }
}
