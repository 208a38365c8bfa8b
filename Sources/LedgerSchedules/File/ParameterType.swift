/// What a parameter of a report holds.
package enum ParameterType: String, Sendable, Hashable, CaseIterable {
    /// Any string.
    case text
    /// A whole number of 64 bits.
    case integer
    /// A double, finite.
    case number
    /// `true` or `false`.
    case boolean
    /// A moment as RFC 3339 writes it.
    case timestamp
    /// A whole number and `s`, `m`, `h`, `d` or `w`: `90m`. At most a thousand years.
    case duration
}
