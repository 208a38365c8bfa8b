/// Bounds of a ``LedgerService``.
package struct ServiceSettings: Sendable {
    /// The address to listen on. Default `127.0.0.1`.
    package var host = "127.0.0.1"
    /// The port to listen on; 0 lets the system choose. Default 8080.
    package var port = 8080
    /// Connections to PostgreSQL, 4 to 200; the one that listens for wake-ups comes on top. Default 12.
    package var maximumDatabaseConnections = 12
    /// After this the database gives a query up, which is answered 503; reports have a time of their own. Default 30 s.
    package var queryTimeout = Duration.seconds(30)
    /// How long a request waits for a database that has gone away before it is answered 503. Default 5 s.
    package var databaseTimeout = Duration.seconds(5)
    /// Connections of clients; more are answered 503 and closed. Default 10,000.
    package var maximumConnections = 10_000
    /// Subscribers of the stream; more are answered 503. Default 5,000.
    package var maximumSubscribers = 5_000
    /// So many bytes of the newest events are kept ready for the streams; who is further behind reads the database.
    /// Default 16 MiB.
    package var ringBytes = 16 << 20
    /// Bytes of all requests that are arriving or wait for their commit, decompressed; more are answered 503.
    /// Default 256 MiB.
    package var maximumBodyBytes = 256 << 20
    /// How long a request may take to arrive, from its first byte to its last; it is answered 408 then. A connection on
    /// which none begins in that time is closed, and so is one whose client takes less than 32 KiB of an answer in it,
    /// streams apart. Default 60 s.
    package var requestTimeout = Duration.seconds(60)
    /// How long a shutdown may take before what is still under way is cut short. Default 8 s, for the whole process to
    /// end within ten.
    package var shutdownTimeout = Duration.seconds(8)
    /// An administrator's token given from outside, of at least 16 characters; `nil` for those in the database alone.
    package var adminToken: String?

    package init() {}

    /// How many files may be open besides the connections of clients that are served.
    package var reservedFileCount: Int { maximumDatabaseConnections + ConnectionCount.spare + 100 }

    /// Those of the connections to PostgreSQL that answer queries and reports, so that slow ones leave ingest and
    /// streams alone.
    var queryConnections: Int { maximumDatabaseConnections / 3 }
}
