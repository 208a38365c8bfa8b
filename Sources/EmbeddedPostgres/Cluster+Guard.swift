import Foundation

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

extension Cluster {
    /// Sees to it that the server and its data go when the last process that holds the result open is gone, also one
    /// that is killed, which nobody would come after to clean up a throw-away cluster.
    ///
    /// A process of its own waits for the end of a pipe that nobody ever writes to.
    func guardThrowaway(with installation: PostgresInstallation) async throws -> FileDescriptor {
        let pipe = directory.path.appending("alive").string
        let isFirst = mkfifo(pipe, 0o600) == 0
        if !isFirst, errno != EEXIST { throw EmbeddedPostgresError.file("create", pipe, errorNumber: errno) }
        let descriptor = open(pipe, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw EmbeddedPostgresError.file("open", pipe, errorNumber: errno) }
        if isFirst {
            if owner.isAnother { fchown(descriptor, owner.userID, owner.groupID) }
            let script = #"""
                exec 3<"$1/alive"
                { cat <&3; "$2" stop -D "$1/postgres" -m immediate; rm -rf "$1"; } </dev/null >/dev/null 2>&1 &
                """#
            _ = try await runner.run(
                shell: script, [directory.path.string, installation.program("pg_ctl").string])
        }
        return FileDescriptor(rawValue: descriptor)
    }
}
