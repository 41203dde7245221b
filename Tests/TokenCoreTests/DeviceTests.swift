import Testing
import TokenCore

struct DeviceTests {
    @Test(arguments: ["", " ", "\t\n", "\u{3164}", "\u{200B}\u{200D}", "\u{2800}", "\u{AD}", "\u{E0001}", "\u{0}"])
    func `a name that shows nothing is none`(name: String) { #expect(Device(name: name).name == nil) }

    @Test(arguments: ["x", " x ", "\u{1F4BB}", "e\u{301}", "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}"])
    func `a name that shows something is kept`(name: String) { #expect(Device(name: name).name == name) }
}
