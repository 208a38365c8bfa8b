/// Colours and weights for standard output; plain where it takes none.
enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    /// `text` in this style.
    func callAsFunction(_ text: String) -> String {
        Terminal.hasColors ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
