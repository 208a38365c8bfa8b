/// Where a text stops being JSON (RFC 8259), and why.
struct JSONSyntaxError: Error {
    /// How many bytes lie before the fault.
    var offset: Int
    /// What is wrong there, as the middle of a sentence: `a string is not closed`.
    var detail: String
}
