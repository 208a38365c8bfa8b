import CZlib

/// Decompresses gzip data (RFC 1952), several members one after the other included.
package final class GzipInflater {
    /// The data are not what gzip makes.
    package struct Damage: Error {}

    /// There is no memory for the decompressor's window.
    package struct OutOfMemory: Error, CustomStringConvertible {
        package let description = "There is not enough memory to decompress."
    }

    /// What gzip data begin with.
    package static let magic: [UInt8] = [0x1F, 0x8B]

    private var stream = z_stream()
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    /// Whether there was a member; padding only follows one.
    private var hasBegun = false
    /// Whether the data so far end where a member ends.
    package private(set) var isComplete = true

    package init() throws(OutOfMemory) {
        // 15 bits of window, and 16 for the gzip wrapper.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw OutOfMemory()
        }
    }

    deinit {
        inflateEnd(&stream)
    }

    /// Appends the content of `chunk`, which continues the chunks before it, to `content`: all that comes before the
    /// damage, if there is any.
    package func inflate(_ chunk: [UInt8], into content: inout [UInt8]) throws(Damage) {
        var chunk = chunk
        let isDamaged = chunk.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            return !inflateInput(into: &content)
        }
        if isDamaged { throw Damage() }
    }

    /// Takes all input; false at the first damage.
    private func inflateInput(into content: inout [UInt8]) -> Bool {
        while true {
            if isComplete {
                if hasBegun { skipPadding() }
                if stream.avail_in == 0 { return true }
                (hasBegun, isComplete) = (true, false)
            }
            let (status, count) = step()
            content += buffer[..<count]
            switch status {
            case Z_STREAM_END:
                isComplete = true
                inflateReset(&stream)
            case Z_OK, Z_BUF_ERROR:
                // Output that did not fit may be left when all input is taken.
                if stream.avail_in == 0, count < buffer.count { return true }
            default:
                return false
            }
        }
    }

    /// Passes over the zeros with which tapes and block devices fill up the end of a file.
    private func skipPadding() {
        while stream.avail_in > 0, let next = stream.next_in, next.pointee == 0 {
            stream.next_in = next + 1
            stream.avail_in -= 1
        }
    }

    private func step() -> (status: Int32, count: Int) {
        buffer.withUnsafeMutableBufferPointer { output in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let status = CZlib.inflate(&stream, Z_NO_FLUSH)
            return (status, output.count - Int(stream.avail_out))
        }
    }
}
