import Yams

/// A value in a YAML file, and where it stands.
struct YAMLValue {
    enum Content {
        /// An empty plain value, `~` or `null`.
        case null
        case text(String)
        case list([YAMLValue])
        case mapping([(key: YAMLValue, value: YAMLValue)])
        /// The value is wrong in itself, for this reason.
        case wrong(String)
    }

    let node: Node
    let document: YAMLDocument

    /// The line it begins on, from 1. For an alias it is the alias's own.
    var line: Int { node.mark?.line ?? 1 }

    /// What it is, an alias being what its anchor names. Only one level is made at a time, so that aliases of aliases
    /// cannot grow.
    var content: Content {
        document.content(of: node)
    }
}
