/// Who sends a request.
package struct Principal: Sendable, Hashable {
    /// The name of the token, which is the source of the events sent with it.
    package var name: String
    /// What it may do.
    package var scopes: Set<Scope>

    /// The bearer of the token `name`, who may do what `scopes` says.
    package init(name: String, scopes: Set<Scope>) {
        self.name = name
        self.scopes = scopes
    }

    /// Whether it may do what `scope` says.
    package func may(_ scope: Scope) -> Bool {
        scopes.contains(scope) || scopes.contains(.admin)
    }
}
