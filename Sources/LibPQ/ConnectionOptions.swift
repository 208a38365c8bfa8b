import CLibPQ

/// What a connection string says, as libpq reads it.
struct ConnectionOptions {
    /// Nil when libpq cannot parse the string.
    let values: [String: String]?

    init(_ connectionString: String) {
        guard Self.isConnectionString(connectionString) else {
            values = connectionString.isEmpty ? [:] : ["dbname": connectionString]
            return
        }
        guard let options = PQconninfoParse(connectionString, nil) else {
            values = nil
            return
        }
        defer { PQconninfoFree(options) }
        values = Self.read(options)
    }

    /// The string's own value, else what libpq would use from the environment or by itself.
    func valueOrDefault(_ keyword: String) -> String? {
        if let value = values?[keyword] { return value }
        guard let defaults = PQconndefaults() else { return nil }
        defer { PQconninfoFree(defaults) }
        return Self.read(defaults)[keyword]
    }

    /// libpq takes any other string for the name of a database.
    private static func isConnectionString(_ text: String) -> Bool {
        isURI(text) || text.contains("=")
    }

    static func isURI(_ text: String) -> Bool {
        text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
    }

    private static func read(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, value.pointee != 0 {
                values[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return values
    }
}
