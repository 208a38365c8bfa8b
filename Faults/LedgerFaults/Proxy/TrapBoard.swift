import Synchronization

/// The traps of a proxy that have not sprung.
final class TrapBoard: Sendable {
    private struct State {
        var traps: [(number: Int, trap: Trap)] = []
        var sprung: Set<Int> = []
        var setCount = 0
    }

    private let state = Mutex(State())

    /// Sets `trap`, and returns the number it goes by.
    func set(_ trap: Trap) -> Int {
        state.withLock { state in
            state.setCount += 1
            state.traps.append((state.setCount, trap))
            return state.setCount
        }
    }

    func hasSprung(_ number: Int) -> Bool { state.withLock { $0.sprung.contains(number) } }

    func remove(_ number: Int) {
        state.withLock { state in state.traps.removeAll { $0.number == number } }
    }

    func clear() {
        state.withLock { $0.traps = [] }
    }

    /// Springs the first trap that `piece` steps on: what it does, and where in the piece.
    func spring(at piece: [UInt8], _ parts: [MessageScanner.Part]) -> (act: Trap.Act, offset: Int)? {
        state.withLock { state in
            for index in state.traps.indices {
                guard let offset = state.traps[index].trap.offset(in: piece, parts) else { continue }
                let sprung = state.traps.remove(at: index)
                state.sprung.insert(sprung.number)
                return (sprung.trap.act, offset)
            }
            return nil
        }
    }
}
