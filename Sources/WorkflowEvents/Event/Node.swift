/// The named step of a workflow that a skill implements, `LYRICS` for example.
///
/// Nodes are an open set: any name of 1 to 128 UTF-8 bytes without control characters is one. Names that begin with
/// `runledger.` are reserved for the ledger itself.
///
/// ```swift
/// extension Node {
///     static let mastering: Node = "MASTERING"
/// }
/// ```
public struct Node: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name as it is stored and shown.
    public var rawValue: String

    /// A node with any name; the name is checked when an event is recorded.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// A node with a literal name.
    public init(stringLiteral value: String) {
        self.rawValue = value
    }

    /// The name.
    public var description: String { rawValue }
}

extension Node {
    /// `PLAN`: plans the workflow.
    public static let plan: Node = "PLAN"
    /// `STYLE`: makes the style specification.
    public static let style: Node = "STYLE"
    /// `LYRICS`: writes the lyrics.
    public static let lyrics: Node = "LYRICS"
    /// `PRODUCER`: makes the producer notes.
    public static let producer: Node = "PRODUCER"
    /// `COMPOSE`: composes the prompt.
    public static let compose: Node = "COMPOSE"
    /// `VALIDATE`: scores the prompt.
    public static let validate: Node = "VALIDATE"
    /// `FIX`: repairs what validation found.
    public static let fix: Node = "FIX"
    /// `REVIEW`: the last step; a run whose review ended is completed.
    public static let review: Node = "REVIEW"

    /// The eight nodes of the music workflow in the order in which a run passes through them.
    public static let workflowOrder: [Node] = [
        .plan, .style, .lyrics, .producer, .compose, .validate, .fix, .review,
    ]
}
