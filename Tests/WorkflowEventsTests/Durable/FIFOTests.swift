import Testing
import WorkflowEvents

@Suite("A first-in, first-out queue")
struct FIFOTests {
    @Test("gives elements in order through appends, removals and prepends")
    func order() {
        var random = SeededGenerator(seed: 5)
        var queue = FIFO<Int>()
        var model: [Int] = []
        for number in 0..<20_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                queue.append(number)
                model.append(number)
            case 5..<9:
                #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            default:
                queue.prepend([number, -number])
                model.insert(contentsOf: [number, -number], at: 0)
            }
            #expect(queue.count == model.count)
            #expect(queue.isEmpty == model.isEmpty)
            #expect(queue.first == model.first)
        }
        #expect(Array(queue) == model)
    }
}
