import HTTPTypes
import NIOHTTP1

extension Problem {
    /// What is wrong with a request that cannot be read.
    ///
    /// - Parameter isLineTooLong: whether it is the request's first line that exceeds the limits, if anything does.
    init(_ error: HTTPParserError, isLineTooLong: Bool = false) {
        let (status, detail): (HTTPResponse.Status, String) =
            switch error {
            case .headerOverflow where isLineTooLong:
                (.uriTooLong, "A request's path and query have at most \(LedgerChannel.maximumFieldBytes >> 10) KiB.")
            case .headerOverflow:
                (
                    .requestHeaderFieldsTooLarge,
                    "A request has at most \(LedgerChannel.maximumFieldCount) header fields of "
                        + "\(LedgerChannel.maximumFieldBytes >> 10) KiB each and "
                        + "\(LedgerChannel.maximumHeaderBytes >> 10) KiB together."
                )
            case .invalidMethod: (.badRequest, "The request's method is none that there is.")
            case .invalidChunkSize: (.badRequest, "A chunk of the request's body does not begin with its size.")
            case .unexpectedContentLength:
                (.badRequest, "A request has one Content-Length at most, and none with Transfer-Encoding.")
            case .invalidEOFState: (.badRequest, "The request ended in the middle.")
            default: (.badRequest, "The request is not as HTTP/1.1 wants it (\(error)).")
            }
        self.init(status, detail, headers: [.connection: "close"])
    }

    /// What is wrong with a request that can be read, but whose sender cannot mean what it says; `nil` for all others.
    init?(_ head: HTTPRequestHead) {
        if head.version.minor >= 1, head.headers["host"].count != 1 {
            // Otherwise nobody can tell for whom it is (RFC 9112, section 3.2).
            self.init(.badRequest, "A request has one Host.", headers: [.connection: "close"])
        } else if head.headers[canonicalForm: "transfer-encoding"].contains(where: { $0.lowercased() != "chunked" }) {
            self.init(
                .notImplemented, "A request's Transfer-Encoding may be chunked. Compress it by Content-Encoding: gzip.",
                headers: [.connection: "close"])
        } else {
            return nil
        }
    }
}
