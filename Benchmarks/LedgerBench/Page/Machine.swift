import Foundation
import LibPQ
import WorkflowEventsPostgres

/// What was measured on.
struct Machine: Sendable {
    var processor: String?
    var coreCount: Int
    var memoryBytes: UInt64
    var system: String
    /// The server's `server_version`.
    var postgres: String
    /// Settings of the server that its figures depend on.
    var settings: [(name: String, value: String)]

    /// This machine, and the server of `bench`.
    init(_ bench: Workbench) async throws {
        let info = ProcessInfo.processInfo
        processor = Self.processor()
        coreCount = info.activeProcessorCount
        memoryBytes = info.physicalMemory
        system = info.operatingSystemVersionString
        (postgres, settings) = try await bench.withPool { pool in
            try await pool.withConnection { connection in
                let rows = try await connection.query(
                    """
                    select name, current_setting(name)
                    from unnest(array['server_version', 'fsync', 'synchronous_commit', 'full_page_writes',
                                      'shared_buffers', 'max_wal_size']) with ordinality as setting (name, number)
                    order by number
                    """)
                let settings = try rows.map { try $0.decode(String.self, String.self) }
                return (settings[0].1, settings.dropFirst().map { (name: $0.0, value: $0.1) })
            }
        }
    }

    private static func processor() -> String? {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return name.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// One sentence, without the settings.
    var summary: String {
        let memory = "\(fixed(Double(memoryBytes) / Double(1 << 30), 0)) GiB of memory"
        let cores = "\(coreCount) cores" + (processor.map { " (\($0))" } ?? "")
        return "\(cores), \(memory), \(system), PostgreSQL \(postgres)"
    }
}
