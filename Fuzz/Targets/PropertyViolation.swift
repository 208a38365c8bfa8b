/// What should hold for every input, and does not for this one.
package struct PropertyViolation: Error, CustomStringConvertible {
    package var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws a ``PropertyViolation`` that says `description`, unless `condition` holds.
func require(_ condition: Bool, _ description: @autoclosure () -> String) throws(PropertyViolation) {
    if !condition { throw PropertyViolation(description()) }
}
