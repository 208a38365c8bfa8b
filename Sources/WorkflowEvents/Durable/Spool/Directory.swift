#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Operations on names in the file system.
enum Directory {
    /// Makes the directory unless it is there, its parents too if asked.
    static func make(_ path: String, withParents: Bool = false) throws(FileError) {
        if mkdir(path, 0o700) == 0 { return }
        switch errno {
        case EEXIST where isDirectory(path): return
        case ENOENT where withParents:
            guard let parent = parent(of: path) else { throw FileError("make directory", path) }
            try make(parent, withParents: true)
            try make(path)
        default: throw FileError("make directory", path)
        }
    }

    /// The names in the directory, sorted; none if it is gone.
    static func names(in path: String) throws(FileError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            if !isDirectory(path) { return [] }
            throw FileError("read directory", path, code: EIO)
        }
    }

    static func rename(_ path: String, to newPath: String) throws(FileError) {
        guard posixRename(path, newPath) == 0 else { throw FileError("rename", path) }
    }

    /// Removes the file; one that is gone already is fine.
    static func remove(file path: String) throws(FileError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
    }

    /// Removes the directory if it is empty, and says whether it is gone.
    @discardableResult
    static func remove(directory path: String) -> Bool { rmdir(path) == 0 || errno == ENOENT }

    /// The size of the file in bytes, `nil` if there is none.
    static func size(of path: String) -> Int? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        return Int(info.st_size)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    private static func parent(of path: String) -> String? {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/"), slash > trimmed.startIndex else { return nil }
        return String(trimmed[..<slash])
    }
}

private func posixRename(_ path: String, _ newPath: String) -> Int32 { rename(path, newPath) }
