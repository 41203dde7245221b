import Testing
import TokenTesting

struct MemoryStoreTests {
    @Test(arguments: StoreConformance.promises)
    func `the memory store keeps the promise`(promise: StoreConformance.Promise) async throws {
        try await promise.check(StoreConformance { MemoryStore() })
    }
}
