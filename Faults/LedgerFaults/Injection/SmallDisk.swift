import Foundation

/// A file system of so many megabytes, which only root can mount.
struct SmallDisk: Sendable {
    let path: String

    /// Mounts one at `path`; `nil` where that is not allowed.
    static func mount(at path: String, megabytes: Int) async -> SmallDisk? {
        guard geteuid() == 0 else { return nil }
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let outcome = try? await Program.run(
            "/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "runledger-faults", path])
        return outcome?.isGood == true ? SmallDisk(path: path) : nil
    }

    func unmount() async {
        _ = try? await Program.run("/bin/umount", ["-l", path])
    }

    /// Takes all the room there is for so long.
    func fill(for span: Duration) async {
        let ballast = path + "/ballast"
        let descriptor = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        for size in [1 << 20, 4096] {
            let block = [UInt8](repeating: 0, count: size)
            while write(descriptor, block, size) > 0 {}
        }
        try? await Task.sleep(for: span)
        close(descriptor)
        unlink(ballast)
    }
}
