/// Names that stand for themselves in a file name and in an HTTP header.
enum SafeName {
    /// Whether `byte` is an ASCII letter or digit or one of `-_.+`.
    static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "+"):
            true
        default:
            false
        }
    }

    /// `name` with every other byte, and a dot at its beginning, as `%` and two hexadecimal digits. Different names stay
    /// different.
    static func escaped(_ name: String) -> String {
        var escaped = ""
        for (index, byte) in name.utf8.enumerated() {
            if allows(byte), index > 0 || byte != UInt8(ascii: ".") {
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                escaped += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return escaped
    }
}
