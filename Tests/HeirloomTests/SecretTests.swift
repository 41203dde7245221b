import Heirloom
import Testing

@Suite("Secrets")
struct SecretTests {
    private struct Holder { let secret = Secret("hunter2") }

    @Test("no description, dump or reflection shows a secret")
    func isRedacted() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(Holder(), to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\(Holder())", String(reflecting: [secret]), dumped] {
            #expect(!text.contains("hunter2"), "\(text)")
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }
}
