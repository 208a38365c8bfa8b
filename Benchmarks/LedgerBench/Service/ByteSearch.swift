import Foundation

extension UnsafeRawBufferPointer {
    /// Where `pattern` begins first. Foundation's own search is generic and costs more than what is measured.
    func firstOffset(of pattern: [UInt8]) -> Int? {
        guard let baseAddress, let first = pattern.first else { return nil }
        var start = 0
        while start + pattern.count <= count {
            let room = count - pattern.count - start + 1
            guard let found = memchr(baseAddress + start, Int32(first), room) else { return nil }
            if memcmp(found, pattern, pattern.count) == 0 { return UnsafeRawPointer(found) - baseAddress }
            start = UnsafeRawPointer(found) - baseAddress + 1
        }
        return nil
    }
}
