import HTTPTypes
import Hummingbird
import Synchronization

/// Which methods each path takes, to tell a wrong method from a wrong path.
final class RouteTable: Sendable {
    private let methods = Mutex<[(path: [Substring], methods: [HTTPRequest.Method])]>([])

    /// The router would take HEAD here, but no head can be told of what has not begun.
    private static let pathsWithoutHead: Set = ["/v1/stream"]

    /// Learns the routes of `router`, which is complete but for the HEAD that goes with each GET.
    func learn(_ router: Router<LedgerRequestContext>) {
        let known = Dictionary(grouping: router.routes) { $0.path.description }
        let all = known.map { path, routes in
            var methods = routes.map(\.method)
            if methods.contains(.get), !Self.pathsWithoutHead.contains(path) { methods.append(.head) }
            return (Self.parts(path), methods)
        }
        methods.withLock { $0 = all }
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
