import Mustache

/// A cell of a page's table, as the template `rows` reads it.
struct HTMLCell: MustacheParent {
    /// Its classes: what it holds, and `nothing` where there is no value.
    let kind: String
    /// What it says, unless it is a list.
    let text: String
    /// The elements of a list, `nil` for another value.
    var items: [String]?
    /// The exact moment in RFC 3339, `nil` for another value.
    var time: String?

    // The engine looks a name that is absent up in what surrounds the cell: so none is ever absent.
    func child(named name: String) -> Any? {
        switch name {
        case "kind": kind
        case "text": text
        case "items": (items as Any?) ?? false
        case "time": (time as Any?) ?? false
        case "plain": items == nil && time == nil
        default: nil
        }
    }
}
