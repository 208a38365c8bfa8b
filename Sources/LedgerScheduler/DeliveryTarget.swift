import Foundation
import LedgerReporting
package import LedgerSchedules

/// A delivery of a schedule as the database knows it: enough to find it in the file of schedules, and nothing secret.
package struct DeliveryTarget: Sendable, Hashable {
    /// What it is.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case directory
        case webhook
    }

    package let kind: Kind
    /// The path of a directory; of a webhook's URL the origin alone, `https://example.com`, since what follows may be a
    /// secret.
    package let name: String
    /// The SHA-256 of the schedule's name and the whole target, in lower-case hexadecimal digits.
    package let sha256: String

    /// The target of `delivery`, which is one of the schedule `schedule`.
    package init(_ delivery: Delivery, of schedule: String) {
        let parts: [String]
        switch delivery {
        case .directory(let path, let template):
            self.kind = .directory
            self.name = path
            parts = [path, template.text]
        case .webhook(let url, _):
            self.kind = .webhook
            let port = url.port.map { ":\($0)" } ?? ""
            self.name = "\(url.scheme ?? "")://\(url.host(percentEncoded: true) ?? "")\(port)"
            parts = [url.absoluteString]
        }
        // None of the parts holds a zero.
        self.sha256 = Report.sha256(
            of: Array(([schedule, kind.rawValue] + parts).joined(separator: "\u{0}").utf8))
    }
}
