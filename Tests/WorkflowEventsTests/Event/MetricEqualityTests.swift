import Testing
import WorkflowEvents

@Suite("Equality of metrics")
struct MetricEqualityTests {
    @Test("An integer and a double that are the same number are equal, and hash alike")
    func sameNumber() {
        let integer: MetricValue = 42
        let double: MetricValue = 42.0
        #expect(integer == double)
        #expect(Set([integer, double]).count == 1)
        #expect(integer.integerValue == 42)
        #expect(double.integerValue == nil)
        #expect(["lines": integer] as MetricSet == ["lines": double])
    }

    @Test("Other numbers differ, also where a double cannot tell them apart")
    func otherNumbers() {
        #expect((42 as MetricValue) != 42.5)
        #expect(MetricValue(Int64.max) != MetricValue(Double(Int64.max)))
        #expect(MetricValue((1 << 53) + 1) != MetricValue(Double(1 << 53)))
    }
}
