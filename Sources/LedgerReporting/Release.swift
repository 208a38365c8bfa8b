/// Which release of runledger this is.
package enum Release {
    /// Its version, as in Semantic Versioning.
    package static let version = "0.1.0"
}
