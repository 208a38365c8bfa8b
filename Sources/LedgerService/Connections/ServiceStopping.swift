/// The service stops, and does not wait any longer for the rest of a request.
struct ServiceStopping: Error {}
