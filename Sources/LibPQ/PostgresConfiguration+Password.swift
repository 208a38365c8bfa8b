extension PostgresConfiguration {
    /// The connection string in two parts, for a program whose arguments every user of the machine can read: without
    /// the password, as `keyword=value` pairs, and the password, which is `nil` if the string has none.
    package var splitPassword: (connectionString: String, password: String?) {
        guard var values = ConnectionOptions(connectionString).values else { return (connectionString, nil) }
        let password = values.removeValue(forKey: "password")
        let pairs = values.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quoted($0.value))" }
        return (pairs.joined(separator: " "), password)
    }

    private static func quoted(_ value: String) -> String {
        var quoted = "'"
        for character in value {
            if character == "'" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return quoted + "'"
    }
}
