#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What events call the program that emitted them, unless it says so itself.
enum ServiceName {
    /// The name that this process goes by.
    static let standard = name(
        environment: ProcessInfo.processInfo.environment, processName: ProcessInfo.processInfo.processName)

    /// `OTEL_SERVICE_NAME` if it is set and not empty, else the name of the process.
    static func name(environment: [String: String], processName: String) -> String {
        guard let name = environment["OTEL_SERVICE_NAME"], !name.isEmpty else { return processName }
        return name
    }
}
