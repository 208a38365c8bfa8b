import Mustache

/// A row of a page's table, as the template `rows` reads it.
struct HTMLRow: MustacheParent {
    let cells: [HTMLCell]

    func child(named name: String) -> Any? {
        name == "cells" ? cells : nil
    }
}
