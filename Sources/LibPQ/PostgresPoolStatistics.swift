/// What a pool holds now and has done since it was made, for metrics.
package struct PostgresPoolStatistics: Hashable, Sendable {
    /// Connections that nobody uses now.
    package var idleCount = 0
    /// Connections that are lent, or being made.
    package var leasedCount = 0
    /// Callers that wait now.
    package var waitingCount = 0
    /// Connections made so far.
    package var connectCount = 0
    /// Connections thrown away so far, broken or left in a transaction.
    package var discardCount = 0
    /// Callers whose wait took too long.
    package var timeoutCount = 0
    /// Callers refused because too many waited already.
    package var refusedCount = 0
}
