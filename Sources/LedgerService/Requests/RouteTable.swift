import HTTPTypes
import Hummingbird
import Synchronization

/// Which methods each path takes, to tell a wrong method from a wrong path.
final class RouteTable: Sendable {
    private let methods = Mutex<[(path: [Substring], methods: [HTTPRequest.Method])]>([])

    /// Learns the routes of `router`, which is complete.
    func learn(_ router: Router<LedgerRequestContext>) {
        let known = Dictionary(grouping: router.routes) { $0.path.description }
        methods.withLock { $0 = known.map { (Self.parts($0), $1.map(\.method)) } }
    }

    /// The methods that `path` takes; empty if there is no such path.
    func methods(of path: String) -> [HTTPRequest.Method] {
        let parts = Self.parts(path)
        return methods.withLock { known in
            known.first { entry in
                entry.path.count == parts.count
                    && zip(entry.path, parts).allSatisfy { $0.hasPrefix("{") || $0.hasPrefix(":") || $0 == $1 }
            }?.methods ?? []
        }
    }

    private static func parts(_ path: String) -> [Substring] {
        path.split(separator: "/")
    }
}
