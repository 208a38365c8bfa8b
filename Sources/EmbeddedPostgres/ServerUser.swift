import Foundation

/// The user that owns the data directory and runs the server: this process's own, or, because PostgreSQL refuses to run
/// as root, an ordinary one that root becomes.
struct ServerUser: Sendable, Hashable {
    let name: String
    let userID: uid_t
    let groupID: gid_t

    /// Whether this process runs as somebody else, which is so for root alone.
    var isAnother: Bool { userID != geteuid() }

    /// The user for this process: itself, or for root the one that `RUNLEDGER_POSTGRES_USER` names, else `postgres`.
    static func current(environment: [String: String]) throws -> ServerUser {
        guard geteuid() == 0 else {
            return ServerUser(name: NSUserName(), userID: geteuid(), groupID: getegid())
        }
        if let name = environment["RUNLEDGER_POSTGRES_USER"], !name.isEmpty {
            guard let user = ordinary(name) else {
                throw EmbeddedPostgresError(
                    code: .serverUserNotFound,
                    message: "RUNLEDGER_POSTGRES_USER names '\(name)', which is no ordinary user of this machine; "
                        + "set it to one that is")
            }
            return user
        }
        // macOS names its system users with an underscore.
        guard let user = ordinary("postgres") ?? ordinary("_postgres") else {
            throw EmbeddedPostgresError(
                code: .serverUserNotFound,
                message: "PostgreSQL refuses to run as root and there is no user 'postgres' here; "
                    + "run this as an ordinary user or set RUNLEDGER_POSTGRES_USER to one")
        }
        return user
    }

    /// The account called `name`, unless there is none or it is root's.
    private static func ordinary(_ name: String) -> ServerUser? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil, entry.pw_uid != 0 else {
            return nil
        }
        return ServerUser(name: name, userID: entry.pw_uid, groupID: entry.pw_gid)
    }
}
