/// How a transaction begins.
package struct TransactionMode: Hashable, Sendable {
    /// The statement that begins it.
    let begin: String

    /// READ COMMITTED, reading and writing: each statement sees what had been committed when it began.
    package static let readWrite = TransactionMode(begin: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
    /// READ COMMITTED, reading alone.
    package static let readOnly = TransactionMode(begin: "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY")
    /// REPEATABLE READ, reading alone: every statement sees the same state.
    package static let snapshot = TransactionMode(begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    /// REPEATABLE READ, reading and writing; may fail with ``SQLState/serializationFailure``.
    package static let repeatableRead = TransactionMode(begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE")
    /// SERIALIZABLE; may fail with ``SQLState/serializationFailure``.
    package static let serializable = TransactionMode(begin: "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE")
}
