import LedgerAccess
import LibPQ

/// Who may do what: the tokens of the database, and the one given from outside.
package final class AccessControl: Sendable {
    private let pool: PostgresPool
    private let adminToken: String?

    init(pool: PostgresPool, adminToken: String?) {
        self.pool = pool
        self.adminToken = adminToken
    }
}
