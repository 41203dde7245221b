import Synchronization

/// A public document that is compressed for clients that accept it, when the first client asks for it: most processes
/// serve few of the documents that are embedded in the program.
package final class CompressedDocument: Sendable {
    private let bytes: @Sendable () -> [UInt8]
    private let contentType: String
    private let maxAgeSeconds: Int
    private let document = Mutex<CacheableDocument?>(nil)

    /// - Parameters:
    ///   - bytes: the document, which is the same each time.
    ///   - maxAgeSeconds: how long a cache may use the document without revalidation.
    package init(_ bytes: @escaping @Sendable () -> [UInt8], contentType: String, maxAgeSeconds: Int) {
        self.bytes = bytes
        self.contentType = contentType
        self.maxAgeSeconds = maxAgeSeconds
    }

    /// The document, or 304 if the client has it.
    ///
    /// - Throws: an error of the compression.
    package func response(to request: Request) throws -> Response { try compressed().response(to: request) }

    private func compressed() throws -> CacheableDocument {
        try document.withLock { document in
            if let document { return document }
            let made = try CacheableDocument(
                compressing: bytes(), contentType: contentType, maxAgeSeconds: maxAgeSeconds)
            document = made
            return made
        }
    }
}
