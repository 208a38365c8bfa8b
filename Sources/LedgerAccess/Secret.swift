import Crypto
import Foundation

/// A random text that proves who shows it, and the hash that is kept of it.
package struct Secret: Sendable {
    /// What is handed out, once.
    package let text: String

    /// A new one: `prefix` and 256 random bits in base64url (RFC 4648, section 5).
    init(prefix: String) {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let base64 = Data(bytes).base64EncodedString()
        text = prefix + base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The SHA-256 of `text`. As a secret is random, it cannot be guessed from its hash, nor tried out by looking up hashes.
    package static func hash(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { Array(SHA256.hash(data: UnsafeRawBufferPointer($0))) }
    }
}
