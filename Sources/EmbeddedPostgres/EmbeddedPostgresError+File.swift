import Foundation

extension EmbeddedPostgresError {
    /// The failure of a system call on a file in the data directory: what was attempted, where, and `errno`.
    static func file(_ attempt: String, _ path: String, errorNumber: CInt) -> EmbeddedPostgresError {
        let reason = String(cString: strerror(errorNumber))
        switch errorNumber {
        case ENOSPC, EDQUOT:
            return diskFull(path)
        case EACCES, EPERM, EROFS:
            return EmbeddedPostgresError(
                code: .dataDirectoryUnusable,
                message: "cannot \(attempt) \(path): \(reason); set RUNLEDGER_DATA_DIR to a directory you can write to")
        default:
            return EmbeddedPostgresError(
                code: .dataDirectoryUnusable,
                message:
                    "cannot \(attempt) \(path): \(reason); correct that or set RUNLEDGER_DATA_DIR to another directory")
        }
    }

    /// No space is left at `path`.
    static func diskFull(_ path: String) -> EmbeddedPostgresError {
        EmbeddedPostgresError(
            code: .diskFull,
            message: "no space is left for \(path); free some or set RUNLEDGER_DATA_DIR to a directory on another disk")
    }

    /// The failure of a program, told by the last line of its output that names an error.
    static func program(_ code: Code, _ summary: String, output: String, path: String) -> EmbeddedPostgresError {
        if output.contains(String(cString: strerror(ENOSPC))) { return diskFull(path) }
        let lines = output.split(separator: "\n")
        let telling = lines.last { line in
            ["FATAL:", "PANIC:", "ERROR:", "error:"].contains { line.contains($0) }
        }
        let detail = (telling ?? lines.last).map { ": " + $0 } ?? ""
        return EmbeddedPostgresError(code: code, message: summary + detail)
    }
}
