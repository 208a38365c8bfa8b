/// What a listener sees.
package enum PostgresNotificationEvent: Hashable, Sendable {
    /// LISTEN is in force, at first or again. Notifications may have been missed before: read what they tell of anew.
    case connected
    /// Somebody's NOTIFY was committed.
    case notification(PostgresNotification)
    /// Nothing came for a while; the connection has been checked and is alive.
    case silence
}

/// One NOTIFY.
package struct PostgresNotification: Hashable, Sendable {
    package let channel: String
    package let payload: String
    /// The server process that sent it.
    package let backendPID: Int32

    package init(channel: String, payload: String, backendPID: Int32) {
        self.channel = channel
        self.payload = payload
        self.backendPID = backendPID
    }
}
