// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let metricsTesting: Target.Dependency = .product(name: "MetricsTestKit", package: "swift-metrics")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let inMemoryTracing: Target.Dependency = .product(name: "InMemoryTracing", package: "swift-distributed-tracing")

let package = Package(
    name: "runledger",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "WorkflowEvents", targets: ["WorkflowEvents"]),
        .library(name: "WorkflowEventsTesting", targets: ["WorkflowEventsTesting"]),
        .library(name: "WorkflowEventsPostgres", targets: ["WorkflowEventsPostgres"]),
        .library(name: "WorkflowEventsHTTP", targets: ["WorkflowEventsHTTP"]),
        .executable(name: "runledger", targets: ["runledger"]),
        // To be preloaded, which only a file of its own can be.
        .library(name: "SteppedClock", type: .dynamic, targets: ["SteppedClock"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.7.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // A target imports only from targets above it.
        .systemLibrary(
            name: "CLibPQ", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "WorkflowEvents", dependencies: [logging, metrics, tracing], swiftSettings: strict),
        .target(name: "WorkflowEventsTesting", dependencies: ["WorkflowEvents"], swiftSettings: strict),
        .target(name: "LibPQ", dependencies: ["CLibPQ", logging], swiftSettings: strict),
        .executableTarget(name: "embed-sql", swiftSettings: strict),
        .plugin(name: "EmbedSQL", capability: .buildTool(), dependencies: ["embed-sql"]),
        .target(
            name: "LedgerMigrations", path: "migrations", swiftSettings: strict, plugins: ["EmbedSQL"]),
        .target(
            name: "LedgerSchema", dependencies: ["LedgerMigrations", "LibPQ", crypto, logging],
            swiftSettings: strict),
        .target(
            name: "WorkflowEventsPostgres",
            dependencies: ["LedgerSchema", "LibPQ", "WorkflowEvents", crypto, logging],
            swiftSettings: strict),
        .target(
            name: "EventLedger", dependencies: ["LibPQ", "WorkflowEvents", "WorkflowEventsPostgres", logging],
            swiftSettings: strict),
        .target(name: "LedgerReports", path: "reports", swiftSettings: strict, plugins: ["EmbedSQL"]),
        .target(
            name: "LedgerReporting",
            dependencies: [
                "LedgerReports", "LibPQ", "WorkflowEvents", "WorkflowEventsPostgres", crypto, mustache,
            ],
            resources: [.embedInCode("Rendering/Templates")], swiftSettings: strict),
        .target(
            name: "LedgerSchedules", dependencies: ["LedgerReporting", "WorkflowEvents", crypto, yams],
            swiftSettings: strict),
        .target(
            name: "LedgerScheduler",
            dependencies: [
                "LedgerReporting", "LedgerSchedules", "LibPQ", "WorkflowEvents", "WorkflowEventsPostgres",
                asyncHTTPClient, logging, nioCore, nioHTTP1, nioPosix,
            ],
            swiftSettings: strict),
        .target(
            name: "WorkflowEventsHTTP",
            dependencies: ["WorkflowEvents", asyncHTTPClient, nioCore, nioHTTP1], swiftSettings: strict),
        .target(name: "LedgerAccess", dependencies: ["LibPQ", crypto], swiftSettings: strict),
        .target(name: "LedgerGzip", dependencies: ["CZlib"], swiftSettings: strict),
        .target(
            name: "LedgerService",
            dependencies: [
                "EventLedger", "LedgerAccess", "LedgerGzip", "LedgerReporting", "LedgerScheduler", "LedgerSchedules",
                "LedgerSchema", "LibPQ", "WorkflowEvents", "WorkflowEventsPostgres", crypto, httpTypes, hummingbird,
                hummingbirdCore, logging, nioCore, nioHTTP1, nioHTTPTypes, nioWebSocket, serviceLifecycle,
            ],
            resources: [.embedInCode("OpenAPI/openapi.json")], swiftSettings: strict),
        .target(name: "EmbeddedPostgres", dependencies: [logging, subprocess, system], swiftSettings: strict),
        .executableTarget(
            name: "runledger",
            dependencies: [
                "EmbeddedPostgres", "EventLedger", "LedgerAccess", "LedgerGzip", "LedgerMigrations", "LedgerReporting",
                "LedgerScheduler", "LedgerSchedules", "LedgerSchema", "LedgerService", "LibPQ", "WorkflowEvents",
                "WorkflowEventsPostgres", argumentParser, asyncHTTPClient, logging, nioCore, nioHTTP1,
                serviceLifecycle, .product(name: "Configuration", package: "swift-configuration"), subprocess, system,
                unixSignals,
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "ledger-bench",
            dependencies: [
                "EmbeddedPostgres", "EventLedger", "LedgerReporting", "LedgerSchema", "LedgerService", "LibPQ",
                "WorkflowEvents", "WorkflowEventsPostgres", "WorkflowEventsTesting", argumentParser, logging, nioCore,
                subprocess, system,
            ],
            path: "Benchmarks/LedgerBench", swiftSettings: strict),

        .target(name: "SteppedClock", path: "Faults/SteppedClock"),
        .executableTarget(
            name: "ledger-faults",
            dependencies: [
                "EmbeddedPostgres", "EventLedger", "LedgerSchema", "LibPQ", "WorkflowEvents", "WorkflowEventsHTTP",
                "WorkflowEventsPostgres", argumentParser, asyncHTTPClient, logging, nioCore, nioHTTP1, nioPosix,
                subprocess, system, unixSignals,
            ],
            path: "Faults/LedgerFaults", swiftSettings: strict),

        .target(
            name: "FuzzTargets",
            dependencies: [
                "LedgerReporting", "LedgerSchedules", "LedgerService", "LibPQ", "WorkflowEvents",
                "WorkflowEventsPostgres", httpTypes, logging, nioCore, nioEmbedded,
            ],
            path: "Fuzz/Targets", swiftSettings: strict),
        .executableTarget(
            name: "ledger-fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/LedgerFuzz", swiftSettings: strict),

        .target(
            name: "LedgerTestSupport",
            dependencies: [
                "LedgerSchema", "LibPQ", "WorkflowEvents", "WorkflowEventsPostgres", logging, subprocess, system,
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "LedgerServiceTestSupport",
            dependencies: [
                "LedgerReporting", "LedgerService", "LedgerTestSupport", "WorkflowEvents", asyncHTTPClient, logging,
                nioCore, nioHTTP1, serviceLifecycle,
            ],
            path: "Tests/ServiceTestSupport", swiftSettings: strict),
        .executableTarget(
            name: "SpoolProbe", dependencies: ["WorkflowEvents", logging, metrics], path: "Tests/SpoolProbe",
            swiftSettings: strict),
        .testTarget(
            name: "WorkflowEventsTests",
            dependencies: [
                "SpoolProbe", "WorkflowEvents", "WorkflowEventsTesting", inMemoryTracing, logging, metrics,
                metricsTesting, tracing,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WorkflowEventsTestingTests", dependencies: ["WorkflowEvents", "WorkflowEventsTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "LibPQTests", dependencies: ["LedgerTestSupport", "LibPQ", logging, subprocess],
            swiftSettings: strict),
        .testTarget(
            name: "LedgerSchemaTests",
            dependencies: ["LedgerMigrations", "LedgerSchema", "LedgerTestSupport", "LibPQ", logging],
            swiftSettings: strict),
        .testTarget(
            name: "WorkflowEventsPostgresTests",
            dependencies: [
                "LedgerTestSupport", "LibPQ", "WorkflowEvents", "WorkflowEventsPostgres", logging, metricsTesting,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EventLedgerTests",
            dependencies: [
                "EventLedger", "LedgerTestSupport", "LibPQ", "WorkflowEvents", "WorkflowEventsPostgres",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LedgerSchedulesTests", dependencies: ["LedgerReporting", "LedgerSchedules", "WorkflowEvents"],
            swiftSettings: strict),
        .testTarget(
            name: "LedgerSchedulerTests",
            dependencies: [
                "LedgerReporting", "LedgerScheduler", "LedgerSchedules", "LedgerTestSupport", "LibPQ",
                "WorkflowEvents", "WorkflowEventsPostgres", crypto, hummingbird, httpTypes, nioCore, serviceLifecycle,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LedgerReportingTests",
            dependencies: [
                "EventLedger", "LedgerReporting", "LedgerTestSupport", "LibPQ", "WorkflowEvents",
                "WorkflowEventsPostgres", crypto, subprocess,
            ],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "LedgerAccessTests",
            dependencies: ["LedgerAccess", "LedgerTestSupport", "LibPQ", "WorkflowEventsPostgres"],
            swiftSettings: strict),
        .testTarget(
            name: "LedgerServiceTests",
            dependencies: [
                "LedgerAccess", "LedgerReporting", "LedgerScheduler", "LedgerSchedules", "LedgerService",
                "LedgerServiceTestSupport", "LedgerTestSupport", "LibPQ", "WorkflowEvents", "WorkflowEventsPostgres",
                asyncHTTPClient, logging, nioCore, nioHTTP1, nioPosix,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LedgerStreamTests",
            dependencies: [
                "EventLedger", "LedgerAccess", "LedgerService", "LedgerServiceTestSupport", "LedgerTestSupport",
                "LibPQ", "WorkflowEvents", "WorkflowEventsPostgres", asyncHTTPClient, logging, nioCore, nioHTTP1,
                nioPosix,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WorkflowEventsHTTPTests",
            dependencies: [
                "LedgerServiceTestSupport", "LedgerTestSupport", "LibPQ", "WorkflowEvents", "WorkflowEventsHTTP",
                "WorkflowEventsPostgres", httpTypes, hummingbird, logging, metricsTesting, nioCore, serviceLifecycle,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EmbeddedPostgresTests", dependencies: ["EmbeddedPostgres", logging],
            swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
        .testTarget(name: "FaultsTests", dependencies: [subprocess, system], swiftSettings: strict),
        .testTarget(
            name: "RunledgerTests", dependencies: ["LedgerTestSupport", "LibPQ", logging, subprocess],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "LedgerTestSupport", "LibPQ", "WorkflowEvents", "WorkflowEventsHTTP", "WorkflowEventsPostgres",
                "WorkflowEventsTesting", logging,
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
