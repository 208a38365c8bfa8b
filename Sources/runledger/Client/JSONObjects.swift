/// Cuts the objects of an array out of a JSON text as they stand, so that not a digit of them changes.
enum JSONObjects {
    /// The objects of the first array in `text`, which is well-formed.
    static func inFirstArray(of text: [UInt8]) -> [ArraySlice<UInt8>] {
        var objects: [ArraySlice<UInt8>] = []
        guard let start = text.firstIndex(of: UInt8(ascii: "[")) else { return [] }
        var depth = 0
        var begin = start
        var isInString = false
        var index = start + 1
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\") where isInString: index += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case _ where isInString: break
            case UInt8(ascii: "{"):
                if depth == 0 { begin = index }
                depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { objects.append(text[begin...index]) }
            case UInt8(ascii: "]") where depth == 0: return objects
            default: break
            }
            index += 1
        }
        return objects
    }
}
