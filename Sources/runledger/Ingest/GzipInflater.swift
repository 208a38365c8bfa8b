import CZlib
import Foundation

/// Decompresses gzip data (RFC 1952), several members one after the other included.
final class GzipInflater {
    /// What gzip data begin with.
    static let magic: [UInt8] = [0x1F, 0x8B]

    private var stream = z_stream()
    /// Whether the data so far end where a member ends.
    private(set) var isComplete = true

    init() throws {
        // 15 bits of window, and 16 for the gzip wrapper.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CommandError("There is not enough memory to decompress.")
        }
    }

    deinit {
        inflateEnd(&stream)
    }

    /// The content of `chunk`, which continues the chunks before it.
    func inflate(_ chunk: Data, of name: String) throws -> [UInt8] {
        var content: [UInt8] = []
        var input = [UInt8](chunk)
        var output = [UInt8](repeating: 0, count: 1 << 18)
        try input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            while stream.avail_in > 0 {
                if isComplete { isComplete = false }
                let (status, count) = step(into: &output)
                content += output[..<count]
                switch status {
                case Z_STREAM_END:
                    isComplete = true
                    inflateReset(&stream)
                case Z_OK, Z_BUF_ERROR:
                    break
                default:
                    throw CommandError("\(name) is not valid gzip; what came before the fault is stored.")
                }
            }
            // Output that did not fit may be left when all input is taken.
            while !isComplete {
                let (status, count) = step(into: &output)
                content += output[..<count]
                if status == Z_STREAM_END {
                    isComplete = true
                    inflateReset(&stream)
                }
                if count < output.count { break }
            }
        }
        return content
    }

    private func step(into output: inout [UInt8]) -> (status: Int32, count: Int) {
        output.withUnsafeMutableBufferPointer { output in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let status = CZlib.inflate(&stream, Z_NO_FLUSH)
            return (status, output.count - Int(stream.avail_out))
        }
    }
}
