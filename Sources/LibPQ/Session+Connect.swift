import CLibPQ
import Foundation
import Logging

extension Session {
    /// Connects and sets the session up, blocking the calling thread.
    ///
    /// - Parameter wake: ends the attempt when signalled.
    static func connect(
        _ configuration: PostgresConfiguration, logger: Logger, wake: WakePipe
    ) throws(PostgresError) -> Session {
        let options = ConnectionOptions(configuration.connectionString)
        guard options.values != nil else {
            // libpq's own message quotes the string, and with it the password.
            throw PostgresError(
                .usage,
                "The connection string cannot be parsed: use postgresql://user:password@host:port/database with "
                    + "special characters percent-encoded, or keyword=value pairs with spaces quoted.")
        }
        var redactor = Redactor(connectionString: configuration.connectionString, options: options)
        let hostCount = hostCount(options)
        guard let connection = start(configuration, hostCount: hostCount) else {
            throw PostgresError(.connectionFailed, "libpq is out of memory.")
        }
        // The one way to get the SQLSTATE of a refused connection: libpq prints it into the message.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        // Without one, libpq prints to standard error what a server says that dies meanwhile.
        let firstNotices = NoticeLog(logger: logger, redactor: redactor).attach(to: connection)
        defer { firstNotices.release() }
        do {
            let limit = connectLimit(configuration, options).map { ContinuousClock.now + $0 * hostCount }
            try waitUntilConnected(connection, until: limit, wake: wake, redactor: redactor)
        } catch {
            PQfinish(connection)
            throw error.at(configuration)
        }
        PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
        if options.values?[userTimeout] == nil { allowSlowServer(PQsocket(connection)) }
        if let password = PQpass(connection) {
            redactor = Redactor(
                connectionString: configuration.connectionString, options: options,
                passwords: [String(cString: password)])
        }
        guard let gate = StatementGate(connection, patience: configuration.cancelTimeout) else {
            PQfinish(connection)
            throw PostgresError.noFileDescriptor.at(configuration)
        }
        let notices = NoticeLog(logger: logger, redactor: redactor).attach(to: connection)
        let session = Session(connection, gate: gate, redactor: redactor, noticeLog: notices)
        let call = gate.newCall()
        gate.begin(call, isCancellable: false)
        // A server that freezes now must not hold the caller for ever.
        gate.limit(call)
        defer { _ = gate.end(isInTransaction: false) }
        do {
            _ = try session.run(sessionSettings(configuration))
        } catch {
            session.close()
            throw error.at(configuration)
        }
        return session
    }

    private static let userTimeout = "tcp_user_timeout"

    /// Begins to connect. Later keywords win, so the connection string overrides those before it.
    private static func start(_ configuration: PostgresConfiguration, hostCount: Int) -> OpaquePointer? {
        var keywords = [
            ("fallback_application_name", configuration.applicationName),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
        ]
        if hostCount > 1 {
            // libpq goes on to the next host when the kernel has given the first one up, which it else takes minutes
            // to do.
            keywords.append((userTimeout, String(max(1, Int(configuration.connectTimeout / .milliseconds(1))))))
        }
        keywords += [("dbname", configuration.connectionString), ("client_encoding", "UTF8")]
        var names = keywords.map { strdup($0.0).map { UnsafePointer($0) } } + [nil]
        var values = keywords.map { strdup($0.1).map { UnsafePointer($0) } } + [nil]
        defer {
            for pointer in names + values { free(UnsafeMutablePointer(mutating: pointer)) }
        }
        return PQconnectStartParams(&names, &values, 1)
    }

    /// Lifts the time limit for connecting: it would also end a connection to a server that is too busy to read.
    private static func allowSlowServer(_ socket: Int32) {
        #if os(Linux)
            var never: Int32 = 0
            _ = setsockopt(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &never, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    private static func hostCount(_ options: ConnectionOptions) -> Int {
        let hosts = options.valueOrDefault("hostaddr") ?? options.valueOrDefault("host") ?? ""
        return max(1, hosts.split(separator: ",").count)
    }

    /// How long one host may take, which libpq leaves to whoever drives the connect; nil is for ever.
    private static func connectLimit(_ configuration: PostgresConfiguration, _ options: ConnectionOptions) -> Duration?
    {
        guard let text = options.valueOrDefault("connect_timeout"), let seconds = Int(text.trimmingWhitespace) else {
            return configuration.connectTimeout
        }
        return seconds > 0 ? .seconds(seconds) : nil
    }

    private static func waitUntilConnected(
        _ connection: OpaquePointer, until limit: ContinuousClock.Instant?, wake: WakePipe, redactor: Redactor
    ) throws(PostgresError) {
        guard PQstatus(connection) != CONNECTION_BAD else { throw connectError(connection, redactor) }
        var status = PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            guard status != PGRES_POLLING_FAILED else { throw connectError(connection, redactor) }
            let events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT
            switch SocketWait.wait(for: PQsocket(connection), events: Int32(events), wake: wake, until: limit) {
            case .ready: status = PQconnectPoll(connection)
            case .woken: throw PostgresError(.cancelled, "The connect was cancelled.")
            case .timedOut: throw PostgresError(.connectionFailed, "The server did not answer in time.")
            }
        }
    }

    private static func connectError(_ connection: OpaquePointer, _ redactor: Redactor) -> PostgresError {
        let (message, state) = ConnectMessage.parse(String(cString: PQerrorMessage(connection)))
        return PostgresError(.connectionFailed, redactor.redact(message), sqlState: state)
    }

    /// One statement, as one round trip; binary results depend on none of these.
    private static func sessionSettings(_ configuration: PostgresConfiguration) -> PostgresQuery {
        var query: PostgresQuery = """
            select set_config('client_min_messages', 'warning', false), set_config('TimeZone', 'UTC', false), \
            set_config('DateStyle', 'ISO', false)
            """
        if !configuration.searchPath.isEmpty {
            let path = configuration.searchPath.map(PostgresQuery.quote(identifier:)).joined(separator: ", ")
            query.append(", set_config('search_path', \(path), false)")
        }
        if let limit = configuration.statementTimeout {
            let milliseconds = String(max(1, Int(limit / .milliseconds(1))))
            query.append(", set_config('statement_timeout', \(milliseconds), false)")
        }
        return query
    }
}

extension PostgresError {
    static let noFileDescriptor = PostgresError(.connectionFailed, "The process has no file descriptor left.")

    /// Says which server could not be reached.
    fileprivate func at(_ configuration: PostgresConfiguration) -> PostgresError {
        guard code != .cancelled else { return self }
        var error = self
        error.code = .connectionFailed
        error.message = "Cannot connect to PostgreSQL (\(configuration.redactedDescription)): \(message)"
        return error
    }
}

/// libpq's message of a failed connect, at verbosity `VERBOSE`.
enum ConnectMessage {
    /// Takes the SQLSTATE and the place in the server's source out: `…: FATAL:  28P01: no such user`,
    /// `LOCATION:  auth_failed, auth.c:326`.
    static func parse(_ text: String) -> (message: String, sqlState: SQLState?) {
        var state: SQLState?
        let lines = text.split(whereSeparator: \.isNewline).filter { !isSourceLocation($0) && !isQuestion($0) }
        let cleaned = lines.map { line in
            guard let match = line.firstMatch(of: #/:  ([0-9A-Z]{5}): /#) else { return String(line) }
            state = SQLState(rawValue: String(match.1))
            return String(line.replacing(match.0, with: ": ", maxReplacements: 1))
        }
        return (cleaned.joined(separator: " ").trimmingWhitespace, state)
    }

    /// "Is the server running on that host and accepting TCP/IP connections?", which is left to whoever shows the error.
    private static func isQuestion(_ line: Substring) -> Bool {
        line.hasPrefix("\t") && line.hasSuffix("?")
    }

    private static func isSourceLocation(_ line: Substring) -> Bool {
        line.wholeMatch(of: /\S+:  \w+, \w+\.c:\d+/) != nil
    }
}
