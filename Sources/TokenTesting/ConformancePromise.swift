import Testing

/// A promise that every implementation of a protocol keeps. Test reports show its name.
package struct ConformancePromise<Suite: Sendable>: Sendable, CustomTestStringConvertible {
    package let testDescription: String
    private let body: @Sendable (Suite) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (Suite) async throws -> Void) {
        testDescription = name
        self.body = body
    }

    /// Checks an implementation. Records an issue for each expectation that it does not meet.
    package func check(_ suite: Suite) async throws { try await body(suite) }
}
