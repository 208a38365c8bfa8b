/// Why a run could not be brought to its end.
struct FaultsError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
