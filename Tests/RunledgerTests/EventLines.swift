/// An event as a line of a file; without `id` it is made of the content.
func line(
    _ number: Int = 0, run: String = "r1", node: String = "LYRICS", phase: String = "end", more: String = ""
) -> String {
    let minute = String(100 + number / 60 % 60).suffix(2)
    let second = String(100 + number % 60).suffix(2)
    let time = "2025-11-18T\(String(110 + number / 3600 % 10).suffix(2)):\(minute):\(second)Z"
    return #"{"run_id":"\#(run)","ts":"\#(time)","node":"\#(node)","phase":"\#(phase)"\#(more)}"#
}

/// `lines`, each with its line feed.
func file(_ lines: [String]) -> String {
    lines.map { $0 + "\n" }.joined()
}
