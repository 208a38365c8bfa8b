/// One step of the schema: a pair of SQL files, `NNNN_name.up.sql` and `NNNN_name.down.sql`.
package struct Migration: Hashable, Sendable {
    /// Its place in the order, from 1 without holes.
    package let version: Int
    /// What it is about, as in the file's name.
    package let name: String
    package let up: MigrationFile
    package let down: MigrationFile

    package init(version: Int, name: String, up: MigrationFile, down: MigrationFile) {
        self.version = version
        self.name = name
        self.up = up
        self.down = down
    }

    /// Every migration of this build, in order.
    package static let all = list(from: EmbeddedSQL.files)

    /// The migrations among `files`, in order; files that are not named like one are left out.
    package static func list(from files: [String: String]) -> [Migration] {
        let migrations = files.keys.filter { $0.hasSuffix(upSuffix) }.sorted().map { fileName in
            let stem = fileName.dropLast(upSuffix.count)
            let parts = stem.split(separator: "_", maxSplits: 1)
            guard parts.count == 2, parts[0].count == 4, let version = Int(parts[0]),
                let up = files[fileName], let down = files[stem + downSuffix]
            else {
                preconditionFailure("\(fileName) needs a four-digit version, a name and a down file")
            }
            return Migration(
                version: version, name: String(parts[1]),
                up: MigrationFile(name: fileName, sql: up),
                down: MigrationFile(name: stem + downSuffix, sql: down))
        }
        precondition(
            migrations.enumerated().allSatisfy { $0.element.version == $0.offset + 1 },
            "versions count from 1 without holes")
        return migrations
    }

    private static let upSuffix = ".up.sql"
    private static let downSuffix = ".down.sql"
}
