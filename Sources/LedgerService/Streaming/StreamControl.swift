import Foundation
import WorkflowEvents

/// The JSON of control frames, told from an event's by its key `control`.
enum StreamControl {
    /// The service is about to shut down; the client resumes elsewhere.
    static let closing = #"{"control":"closing"}"#

    /// The history up to `position` has been told.
    static func caughtUp(position: Int64, ledgerID: UUID) -> String {
        #"{"control":"caught_up","position":\#(position),"ledger_id":"\#(ledgerID.text)"}"#
    }
}
