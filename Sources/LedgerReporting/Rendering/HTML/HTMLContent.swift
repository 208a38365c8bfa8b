import Mustache

/// How the template engine writes text into our pages, in elements and in quoted attributes.
///
/// The engine's own way goes by characters, to which `<` or a quote with a combining mark behind it is another
/// character that needs no escaping; an HTML parser goes by scalars.
struct HTMLContent: MustacheContentType {
    /// Its name in the templates.
    static let name = "RUNLEDGER_HTML"

    func escapeText(_ text: String) -> String {
        let text = text.displayableLines
        guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) }) else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped += "&amp;".utf8
            case UInt8(ascii: "<"): escaped += "&lt;".utf8
            case UInt8(ascii: ">"): escaped += "&gt;".utf8
            case UInt8(ascii: "\""): escaped += "&quot;".utf8
            case UInt8(ascii: "'"): escaped += "&#39;".utf8
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
