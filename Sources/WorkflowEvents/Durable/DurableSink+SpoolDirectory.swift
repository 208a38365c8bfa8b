#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension DurableSink.Settings {
    /// A directory under `$XDG_STATE_HOME/runledger/spool` (`~/.local/state`) that only sinks of the destination
    /// `identity` use: whoever starts adopts what is left there for its own destination.
    package static func standardSpoolDirectory(of identity: String) -> String {
        let environment = ProcessInfo.processInfo.environment
        let state =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? URL.homeDirectory.path + "/.local/state"
        return "\(state)/runledger/spool/\(digest(identity))"
    }

    /// FNV-1a of 64 bits, in hexadecimal: the same in every process and release.
    private static func digest(_ text: String) -> String {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
