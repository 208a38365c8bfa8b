extension String {
    /// Whether it is `other` to the byte, as the database compares; `==` also takes é for e with an accent behind it.
    package func hasSameBytes(as other: String) -> Bool {
        self == other && utf8.elementsEqual(other.utf8)
    }
}
