/// The rest of a request has not arrived in the time there is for it.
struct RequestOverdue: Error {}
