package import Foundation

/// Where the artifacts of a schedule go.
package enum Delivery: Sendable, Hashable {
    /// A file below the directory `path`, which if relative is so to the working directory, named by `template`.
    case directory(path: String, template: FileNameTemplate)
    /// A POST to `url`, which is http or https with a host and without credentials or fragment, signed with the secret.
    case webhook(url: URL, secret: SecretSource)
}
