import Crypto
import Foundation
import HTTPTypes
import LedgerAccess
import LibPQ
import Logging
import Synchronization

/// Who may do what: the tokens of the database, and the one given from outside.
final class AccessControl: Sendable {
    private let tokens: TokenRepository
    private let tickets: StreamTickets
    private let logger: Logger
    /// The hash of the token given from outside.
    private let adminHash: [UInt8]?
    /// What was looked up lately, by the token's hash.
    private let known = Mutex<[[UInt8]: (principal: Principal, until: ContinuousClock.Instant)]>([:])

    /// The name of the token given from outside, which no token of the database can have.
    private static let outsideName = TokenRepository.reservedPrefix + TokenRepository.administrator
    /// So long a token that was good is taken without another look; a revoked one is refused after it.
    static let cacheLifetime = Duration.seconds(5)
    private static let maximumKnownCount = 10_000
    private static let maximumTokenBytes = 512

    init(pool: PostgresPool, adminToken: String?, logger: Logger) {
        self.tokens = TokenRepository(pool: pool)
        self.tickets = StreamTickets(pool: pool)
        self.adminHash = adminToken.map(Secret.hash)
        self.logger = logger
    }

    /// Who sends a request with the header field `Authorization: authorization`.
    ///
    /// - Throws: ``Problem``: 401 without a good token, 503 while the database cannot be asked.
    func principal(authorization: String?) async throws -> Principal {
        guard let authorization else {
            throw Self.unauthorized("Send a token: Authorization: Bearer TOKEN.", challenge: "Bearer")
        }
        guard let token = Self.bearerToken(authorization) else {
            throw Self.unauthorized("The Authorization header field is no bearer token.", challenge: "Bearer")
        }
        let hash = Secret.hash(token)
        if let adminHash, Self.areEqual(hash, adminHash) {
            return Principal(name: Self.outsideName, scopes: [.admin])
        }
        let now = ContinuousClock.now
        if let entry = known.withLock({ $0[hash] }), now < entry.until { return entry.principal }
        guard let found = try await asking({ try await tokens.find(token) }), found.isValid else {
            throw Self.unauthorized(
                "The token is unknown, expired or revoked; make one with runledger token create.",
                challenge: "Bearer error=\"invalid_token\"")
        }
        remember(found, hash, now: now)
        return found.principal
    }

    /// The name under which the database knows the token of `principal`; `nil` for the one given from outside, which is
    /// always good.
    func storedName(of principal: Principal) -> String? {
        adminHash != nil && principal.name == Self.outsideName ? nil : principal.name
    }

    private static func bearerToken(_ authorization: String) -> String? {
        guard let space = authorization.utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let token = authorization[space...].dropFirst()
        guard authorization[..<space].lowercased() == "bearer", (1...maximumTokenBytes).contains(token.utf8.count)
        else { return nil }
        return String(token)
    }

    /// A ticket for `principal`.
    func ticket(for principal: Principal) async throws -> String {
        try await asking { try await tickets.issue(to: principal) }
    }

    /// Who was given `ticket`, which cannot be used again.
    ///
    /// - Throws: ``Problem``, as ``principal(authorization:)`` does.
    func redeem(_ ticket: String) async throws -> Principal {
        guard let principal = try await asking({ try await tickets.redeem(ticket) }) else {
            throw Self.unauthorized(
                "The ticket is unknown, used or older than \(StreamTickets.lifetime.components.seconds) seconds; "
                    + "get one from POST /v1/stream-tickets.",
                challenge: "Bearer error=\"invalid_token\"")
        }
        return principal
    }

    private func remember(_ token: AccessToken, _ hash: [UInt8], now: ContinuousClock.Instant) {
        var until = now + Self.cacheLifetime
        if let expiresAt = token.expiresAt {
            let rest = expiresAt.microsecondsSince1970 - Int64(Date().timeIntervalSince1970 * 1e6)
            until = min(until, now + .microseconds(max(0, rest)))
        }
        known.withLock { known in
            if known.count >= Self.maximumKnownCount { known = known.filter { $0.value.until > now } }
            if known.count >= Self.maximumKnownCount { known.removeAll() }
            known[hash] = (token.principal, until)
        }
    }

    private func asking<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as PostgresError {
            logger.warning("cannot look a token up", metadata: ["reason": "\(error.message)"])
            throw Problem.databaseAway
        }
    }

    /// Compares without telling by the time it takes where they differ.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func unauthorized(_ detail: String, challenge: String) -> Problem {
        Problem(.unauthorized, detail, headers: [.wwwAuthenticate: challenge])
    }
}
