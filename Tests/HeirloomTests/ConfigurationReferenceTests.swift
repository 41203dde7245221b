import Foundation
import Heirloom
import Testing

struct ConfigurationReferenceTests {
    @Test func `the page of the configuration is made from the keys`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/configuration.md")
        if ProcessInfo.processInfo.environment["HEIRLOOM_WRITE_DOCS"] != nil {
            try Data(ConfigurationReference.page.utf8).write(to: page)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == ConfigurationReference.page)
    }

    @Test(arguments: ConfigurationKeys.all.map(\.meaning) + ProviderKeys("name").all.map(\.meaning))
    func `the meaning of a key is sentences that fit into a table`(meaning: String) {
        #expect(meaning.first?.isLowercase == false && meaning.hasSuffix("."))
        #expect(!meaning.contains("|") && !meaning.contains("\n"))
    }
}
