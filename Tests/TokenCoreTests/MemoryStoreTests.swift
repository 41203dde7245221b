import Testing
import TokenTesting

struct MemoryStoreTests {
    @Test(arguments: StoreConformance.promises.indices)
    func `the memory store keeps the promise`(index: Int) async throws {
        try await StoreConformance.promises[index].keep(StoreConformance { MemoryStore() })
    }
}
