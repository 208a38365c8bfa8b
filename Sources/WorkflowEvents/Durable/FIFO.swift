/// A first-in, first-out queue whose removal from the front costs constant time on average.
package struct FIFO<Element> {
    private var items: [Element?] = []
    private var head = 0

    package init() {}

    package init(_ elements: some Sequence<Element>) {
        items = elements.map(Optional.some)
    }

    package var count: Int { items.count - head }
    package var isEmpty: Bool { head == items.count }
    package var first: Element? { isEmpty ? nil : items[head] }

    package mutating func append(_ element: Element) {
        items.append(element)
    }

    /// Puts `elements` before everything else, keeping their order.
    package mutating func prepend(_ elements: some Collection<Element>) {
        guard !elements.isEmpty else { return }
        items.replaceSubrange(0..<head, with: elements.map(Optional.some))
        head = 0
    }

    package mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = items[head].take()
        head += 1
        if isEmpty {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
        return element
    }
}

extension FIFO: Sendable where Element: Sendable {}

extension FIFO: Sequence {
    package func makeIterator() -> some IteratorProtocol<Element> {
        items[head...].lazy.compactMap(\.self).makeIterator()
    }
}
