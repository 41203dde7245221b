import Foundation
import Testing
import TokenHTTP

struct MetricCatalogueTests {
    @Test func `the page of the metrics is made from the catalogue`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/metrics.md")
        if ProcessInfo.processInfo.environment["HEIRLOOM_WRITE_DOCS"] != nil {
            try Data(MetricCatalogue.page.utf8).write(to: page)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == MetricCatalogue.page)
    }
}
