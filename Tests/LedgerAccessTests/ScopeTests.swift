import LedgerAccess
import Testing

@Suite("Scopes")
struct ScopeTests {
    @Test("An admin may do everything, others what their scopes say")
    func admin() {
        let admin = Principal(name: "root", scopes: [.admin])
        let writer = Principal(name: "skill", scopes: [.eventsWrite])
        #expect(Scope.allCases.allSatisfy(admin.may))
        #expect(Scope.allCases.filter(writer.may) == [.eventsWrite])
    }
}
