import Foundation
import Testing

@testable import EmbeddedPostgres

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

@Suite("The files of a private PostgreSQL")
struct FileTests {
    @Test("The data lie where the user, the desktop or the system says")
    func standardPath() {
        #expect(DataDirectory.standardPath(environment: ["RUNLEDGER_DATA_DIR": "/d", "HOME": "/h"]) == "/d")
        let standard = DataDirectory.standardPath(environment: ["XDG_DATA_HOME": "/x", "HOME": "/h"])
        #expect(standard == (geteuid() == 0 ? "/var/lib/runledger" : "/x/runledger"))
    }

    @Test("Only a private directory of the server's user is trusted with the socket", arguments: [0o700, 0o755, 0o770])
    func socketDirectory(mode: mode_t) async throws {
        try await withTemporaryDirectory { path in
            let owner = ServerUser(name: "me", userID: geteuid(), groupID: getegid())
            let other = ServerUser(name: "other", userID: geteuid() + 1, groupID: getegid())
            let link = FilePath(path + "/socket")
            #expect(mkdir(path + "/target", mode) == 0)
            #expect(chmod(path + "/target", mode) == 0)
            #expect(symlink(path + "/target", link.string) == 0)
            #expect((SocketDirectory(link: link, owner: owner) != nil) == (mode == 0o700))
            #expect(SocketDirectory(link: link, owner: other) == nil)
            // A link to a link may be anybody's.
            #expect(symlink(path + "/socket", path + "/indirect") == 0)
            #expect(SocketDirectory(link: FilePath(path + "/indirect"), owner: owner) == nil)
        }
    }

    @Test(
        "A pid file is read as far as it is written",
        arguments: [
            ("", nil, nil),
            ("17\n", 17, nil),
            ("17\n/d\n1\n5432\n/s\n\n  1  2\nstarting\n", 17, PostmasterFile.Status.starting),
            ("17\n/d\n1\n5432\n/s\n\n  1  2\nready   \n", 17, .ready),
        ])
    func postmasterFile(text: String, processID: pid_t?, status: PostmasterFile.Status?) async throws {
        try await withTemporaryDirectory { path in
            try text.write(toFile: path + "/postmaster.pid", atomically: false, encoding: .utf8)
            let file = PostmasterFile(cluster: FilePath(path))
            #expect(file?.processID == processID)
            #expect(file?.status == status)
        }
    }

    @Test("Locks exclude each other within one process, shared ones do not")
    func locks() async throws {
        try await withTemporaryDirectory { path in
            let owner = ServerUser(name: "me", userID: geteuid(), groupID: getegid())
            let file = FilePath(path + "/lock")
            let first = try #require(try FileLock.tryAcquire(.shared, at: file, owner: owner))
            let second = try #require(try FileLock.tryAcquire(.shared, at: file, owner: owner))
            #expect(try FileLock.tryAcquire(.exclusive, at: file, owner: owner) == nil)
            first.release()
            #expect(try FileLock.tryAcquire(.exclusive, at: file, owner: owner) == nil)
            second.release()
            let exclusive = try #require(try FileLock.tryAcquire(.exclusive, at: file, owner: owner))
            #expect(try FileLock.tryAcquire(.shared, at: file, owner: owner) == nil)
            exclusive.release()
        }
    }

    @Test("A lock is not taken through a link")
    func lockBehindLink() async throws {
        try await withTemporaryDirectory { path in
            let owner = ServerUser(name: "me", userID: geteuid(), groupID: getegid())
            #expect(symlink("/dev/null", path + "/lock") == 0)
            #expect(throws: EmbeddedPostgresError.self) {
                try FileLock.tryAcquire(.exclusive, at: FilePath(path + "/lock"), owner: owner)
            }
        }
    }
}
