/// The direction of a list by position.
public enum ListOrder: String, Sendable, Hashable, CaseIterable {
    /// Oldest first.
    case ascending = "asc"
    /// Newest first.
    case descending = "desc"
}

/// A page of a list, and where the next one begins.
public struct Page<Element: Sendable>: Sendable {
    /// The elements, in the order asked for.
    public var elements: [Element]
    /// What to pass as `cursor` for the next page; `nil` on the last. It stays valid while events arrive.
    public var nextCursor: Int64?

    package init(elements: [Element], nextCursor: Int64?) {
        self.elements = elements
        self.nextCursor = nextCursor
    }

    /// The first `limit` of `elements`, of which there is one more if there is a next page.
    package init(_ elements: [Element], limit: Int, position: (Element) -> Int64) {
        self.elements = Array(elements.prefix(limit))
        self.nextCursor = elements.count > limit ? self.elements.last.map(position) : nil
    }
}
