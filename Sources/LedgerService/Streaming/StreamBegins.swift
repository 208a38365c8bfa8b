/// Told towards the socket: the answer under way is a stream, which sees to its client itself.
struct StreamBegins {}
