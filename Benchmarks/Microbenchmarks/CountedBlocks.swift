import Synchronization

/// Runs operations in blocks for callgrind, which counts the instructions of each block.
///
/// callgrind writes its counts where ``mark()`` is called (`Benchmarks/instructions.py`). For each operation these are:
/// what came before its first block, then its blocks.
struct CountedBlocks {
    let blocks: Int
    let times: Int

    /// Runs an operation outside the blocks first, so that what only its first runs cost is not counted.
    func run(_ name: String, _ operation: () async throws -> Void) async throws {
        for _ in 0..<times { try await operation() }
        for _ in 0..<blocks {
            mark()
            for _ in 0..<times { try await operation() }
        }
        mark()
        print("{\"name\":\"\(name)\",\"blocks\":\(blocks),\"times\":\(times)}")
    }
}

private let marks = Atomic(0)

/// The end of a block. It changes a value, since the compiler would leave out calls of an empty function.
@inline(never)
func mark() { marks.add(1, ordering: .relaxed) }
