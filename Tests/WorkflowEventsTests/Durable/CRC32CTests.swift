import Testing
import WorkflowEvents

@Suite("CRC-32C")
struct CRC32CTests {
    /// The check value of the CRC catalogue, and the examples of RFC 3720, appendix B.4.
    @Test(
        "gives the published checksums",
        arguments: [
            (Array("123456789".utf8), 0xE306_9283),
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E),
            (Array((0..<32).reversed()), 0x113F_DB5C),
            ([], 0),
        ] as [([UInt8], UInt32)])
    func published(bytes: [UInt8], expected: UInt32) {
        var checksum = CRC32C()
        bytes.withUnsafeBytes { checksum.update($0) }
        #expect(checksum.value == expected)
    }

    @Test("is the same however the bytes are cut")
    func cuts() {
        let bytes = (0..<100).map { UInt8($0 &* 37 & 0xFF) }
        var whole = CRC32C()
        bytes.withUnsafeBytes { whole.update($0) }
        for cut in 0...100 {
            var parts = CRC32C()
            bytes.withUnsafeBytes { buffer in
                parts.update(UnsafeRawBufferPointer(rebasing: buffer[..<cut]))
                parts.update(UnsafeRawBufferPointer(rebasing: buffer[cut...]))
            }
            #expect(parts.value == whole.value)
        }
    }
}
