import Foundation
import LedgerReporting
import LedgerSchedules
import WorkflowEvents

extension Artifact {
    /// The failures of a schedule `nightly` in Zurich, due on 27 November 2026 at 6:00.
    static func sample(report: String = "failures", body: String) -> Artifact {
        Artifact(
            schedule: "nightly", report: report, slot: utc("2026-11-27T05:00:00Z"), timeZone: zone("Europe/Zurich"),
            format: .html, rowsSHA256: String(repeating: "ab", count: 32), body: Array(body.utf8))
    }
}
