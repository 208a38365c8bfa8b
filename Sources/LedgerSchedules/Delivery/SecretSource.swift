/// Where the secret of a webhook is found; the file of schedules never holds it.
package enum SecretSource: Sendable, Hashable {
    /// The value of the environment variable of this name.
    case environment(String)
    /// The contents of the file at this path.
    case file(String)
}
