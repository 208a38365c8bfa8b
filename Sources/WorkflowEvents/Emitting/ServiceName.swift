#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What events call the program that emitted them.
enum ServiceName {
    /// `OTEL_SERVICE_NAME` if it is set and not empty, else the name of the process.
    static let standard: String = {
        let environment = ProcessInfo.processInfo.environment
        if let name = environment["OTEL_SERVICE_NAME"], !name.isEmpty { return name }
        return ProcessInfo.processInfo.processName
    }()
}
