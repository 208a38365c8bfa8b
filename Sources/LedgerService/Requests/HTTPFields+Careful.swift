import Foundation
import HTTPTypes

extension HTTPFields {
    /// Adds what every answer of a careful server has, and the request's id.
    mutating func secure(requestID: String) {
        self[.requestID] = requestID
        self[.xContentTypeOptions] = "nosniff"
        if self[.contentSecurityPolicy] == nil {
            self[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        }
        self[.referrerPolicy] = "no-referrer"
        self[.cacheControl] = "no-store"
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id")!
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
