/// Takes passwords out of text before it reaches an error or a log.
struct Redactor: Sendable {
    private static let replacement = "***"
    /// Longest first, so that no secret survives as the rest of a shorter one.
    private let secrets: [String]

    /// - Parameter passwords: what the connection really used, such as one from a password file.
    init(connectionString: String, options: ConnectionOptions, passwords: [String] = []) {
        var secrets = Set(passwords)
        for keyword in ["password", "sslpassword"] {
            if let value = options.valueOrDefault(keyword) { secrets.insert(value) }
        }
        // A password that is also the user's or the database's name is no secret that messages could give away.
        secrets.subtract(["user", "dbname", "host"].compactMap(options.valueOrDefault))
        if ConnectionOptions.isURI(connectionString) {
            secrets.formUnion(Self.passwordPieces(ofURI: connectionString, parsed: options.values?["password"]))
        }
        self.secrets = secrets.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
    }

    func redact(_ text: String) -> String {
        secrets.reduce(text) { text, secret in
            text.contains(secret) ? text.replacing(secret, with: Self.replacement) : text
        }
    }

    /// What could be part of a password that was not percent-encoded: libpq takes `u:pa/ss@host` for a port `pa` and
    /// a database `ss@host`, and says so in its message.
    private static func passwordPieces(ofURI uri: String, parsed: String?) -> Set<String> {
        guard let scheme = uri.firstRange(of: "://"), let at = uri.lastIndex(of: "@"), at >= scheme.upperBound,
            let colon = uri[scheme.upperBound..<at].firstIndex(of: ":")
        else { return [] }
        let raw = uri[uri.index(after: colon)..<at]
        let separators = "/?#@:&=[],"
        guard raw.contains(where: separators.contains) else {
            // What libpq took for the password is all of it; encoded, it is another text.
            return raw == parsed ?? "" ? [] : [String(raw)]
        }
        return Set(raw.split(whereSeparator: separators.contains).map(String.init)).union([String(raw)])
    }
}
