import Foundation
import TokenTesting

extension Fuzzer {
    /// Reads a corpus of this folder.
    init(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        try self.init(corpus: folder.appending(path: "Corpora/\(name).txt"))
    }
}
