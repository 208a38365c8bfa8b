import Crypto
package import Foundation
import LedgerReporting
package import WorkflowEvents

/// The POST that delivers an artifact to a webhook.
///
/// The receiver checks `Runledger-Signature`, which is `v1=` and the HMAC-SHA256 (RFC 2104), in lower-case hexadecimal
/// digits, of the value of `Runledger-Timestamp`, a full stop and the body; refuses old timestamps; and takes a request
/// whose `Idempotency-Key` it has seen for the same delivery.
package struct WebhookRequest: Sendable, Hashable {
    package struct Header: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    package var url: URL
    /// Each name once.
    package var headers: [Header]
    package var body: [UInt8]

    /// The request for `artifact` of the ledger `ledgerID`, signed at `time`, which is the time of sending: every attempt
    /// signs anew, under the same idempotency key.
    ///
    /// Names are written as ``FileNameTemplate`` writes them. `Runledger-Slot` is RFC 3339, `Runledger-Timestamp` the
    /// seconds since 1970 (Unix time).
    package init(_ artifact: Artifact, to url: URL, secret: WebhookSecret, ledgerID: UUID, at time: Timestamp) {
        let seconds = String(Timestamp.flooredDivision(Int(time.microsecondsSince1970), 1_000_000).quotient)
        var code = HMAC<SHA256>(key: SymmetricKey(data: secret.bytes))
        code.update(data: Array("\(seconds).".utf8))
        code.update(data: artifact.body)
        self.url = url
        self.headers = [
            Header(name: "Content-Type", value: artifact.format.mediaType),
            Header(name: "Idempotency-Key", value: Self.idempotencyKey(of: artifact, ledgerID: ledgerID)),
            Header(name: "Runledger-Timestamp", value: seconds),
            Header(name: "Runledger-Signature", value: "v1=\(code.finalize().hexadecimal)"),
            Header(name: "Runledger-Schedule", value: SafeName.escaped(artifact.schedule)),
            Header(name: "Runledger-Report", value: SafeName.escaped(artifact.report)),
            Header(name: "Runledger-Slot", value: artifact.slot.rfc3339),
            Header(name: "Runledger-Rows-Sha256", value: artifact.rowsSHA256),
        ]
        self.body = artifact.body
    }

    /// The same for every delivery of a report of a slot in a format, and different from all others, of other ledgers too:
    /// 64 hexadecimal digits.
    package static func idempotencyKey(of artifact: Artifact, ledgerID: UUID) -> String {
        let parts = [
            ledgerID.text, artifact.schedule, artifact.report, artifact.slot.rfc3339,
            artifact.format.rawValue,
        ]
        // None of the parts holds a zero.
        return SHA256.hash(data: Array(parts.joined(separator: "\u{0}").utf8)).hexadecimal
    }
}
