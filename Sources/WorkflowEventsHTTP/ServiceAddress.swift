import Foundation

/// Where a service is.
struct ServiceAddress: Sendable {
    /// Without a slash at its end.
    let url: String

    /// Reads `text`.
    ///
    /// - Throws: ``ServiceAddressError``.
    init(_ text: String) throws(ServiceAddressError) {
        guard let url = URLComponents(string: text), url.scheme == "http" || url.scheme == "https",
            url.host?.isEmpty == false, url.query == nil, url.fragment == nil
        else { throw ServiceAddressError("The service's URL must be as in https://runledger.example.com.") }
        guard url.user == nil, url.password == nil else {
            throw ServiceAddressError("The service's URL must hold no password; give the token apart.")
        }
        self.url = text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}

/// A URL that cannot be a service's.
public struct ServiceAddressError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, in one sentence; the URL itself is not repeated, as it may hold a secret.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
