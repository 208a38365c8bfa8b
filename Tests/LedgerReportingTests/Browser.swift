import Foundation
import Subprocess
import Testing

/// Chromium without a window, with a page in a directory of its own.
struct Browser {
    private static let names = ["chromium", "google-chrome"]

    private static let name = names.first { name in
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    /// Whether there is one.
    static var isInstalled: Bool { name != nil }

    private let directory: URL

    /// Calls `body` with a browser that has `page`, and removes what it left.
    static func withPage(_ page: String, _ body: (Browser) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "runledger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        try page.write(to: directory.appending(path: "page.html"), atomically: true, encoding: .utf8)
        try await body(Browser(directory: directory))
    }

    /// A picture of the page in a window of this size, as PNG.
    func screenshot(width: Int, height: Int) async throws -> Data {
        let picture = directory.appending(path: "page.png")
        _ = try await run("--screenshot=\(picture.path())", "--window-size=\(width),\(height)")
        return try Data(contentsOf: picture)
    }

    /// What the page, or whoever kept it from something, told the console.
    func console() async throws -> [String] {
        let errors = try await outcome(of: ["--enable-logging=stderr", "--dump-dom"], page: nil).errors
        return errors.split(separator: "\n").filter { $0.contains(":CONSOLE") }.map(String.init)
    }

    /// What it prints with `options`; with `page`, for that page beside the first.
    func run(_ options: String..., page: String? = nil) async throws -> String {
        try await outcome(of: options, page: page).output
    }

    private func outcome(of options: [String], page: String?) async throws -> (output: String, errors: String) {
        var file = directory.appending(path: "page.html")
        if let page {
            file = directory.appending(path: "frame.html")
            try page.write(to: file, atomically: true, encoding: .utf8)
        }
        // A sandbox needs what containers lack and what root may not use.
        let arguments =
            ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
            + ["--user-data-dir=\(directory.appending(path: "profile").path())"] + options + [file.absoluteString]
        let result = try await Subprocess.run(
            .name(Self.name ?? Self.names[0]), arguments: Arguments(arguments), output: .string(limit: 16 << 20),
            error: .string(limit: 1 << 20))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        return (result.standardOutput, result.standardError)
    }
}
