import Foundation

/// The user that owns the data directory and runs the server: this process's own, or, because PostgreSQL refuses to run
/// as root, an ordinary one that root becomes.
struct ServerUser: Sendable, Hashable {
    let name: String
    let userID: uid_t
    let groupID: gid_t
    /// What to put before a command for it to run as this user; empty if this process does anyway.
    var prefix: [String] = []

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
            return try user.withPrefix(environment: environment)
        }
        // macOS names its system users with an underscore.
        guard let user = ordinary("postgres") ?? ordinary("_postgres") else {
            throw EmbeddedPostgresError(
                code: .serverUserNotFound,
                message: "PostgreSQL refuses to run as root and there is no user 'postgres' here; "
                    + "run this as an ordinary user or set RUNLEDGER_POSTGRES_USER to one")
        }
        return try user.withPrefix(environment: environment)
    }

    /// This user with the installed command by which root becomes it.
    ///
    /// Not swift-subprocess's `userID`: its child calls glibc's `setgroups`, which then waits for threads that only the
    /// parent has, and hangs if one of them was just starting or ending (seen with version 1.0.2).
    private func withPrefix(environment: [String: String]) throws -> ServerUser {
        let commands = [
            ["setpriv", "--reuid=\(userID)", "--regid=\(groupID)", "--init-groups", "--"],
            ["runuser", "-u", name, "--"],
            ["sudo", "-n", "-u", name, "--"],
        ]
        let path = (environment["PATH"] ?? "") + ":/usr/bin:/usr/sbin:/bin:/sbin"
        let directories = path.split(separator: ":").filter { $0.hasPrefix("/") }
        for command in commands {
            let programs = directories.map { "\($0)/\(command[0])" }
            guard let program = programs.first(where: { access($0, X_OK) == 0 }) else { continue }
            var user = self
            user.prefix = [program] + command.dropFirst()
            return user
        }
        throw EmbeddedPostgresError(
            code: .serverUserNotFound,
            message: "PostgreSQL refuses to run as root and none of setpriv, runuser and sudo is here to become "
                + "\(name); install util-linux or run this as an ordinary user")
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
