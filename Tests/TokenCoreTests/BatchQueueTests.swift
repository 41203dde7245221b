import Testing
import TokenCore

struct BatchQueueTests {
    @Test func `the first element starts a drain and the next ones wait for it`() {
        var queue = BatchQueue<Int>(limit: 10)
        #expect(queue.add(1) == .startsDrain)
        #expect(queue.add(2) == .waits)
        #expect(queue.count == 2)
        #expect(queue.nextBatch() == [1, 2])
        // The next batch queues while this one is processed.
        #expect(queue.add(3) == .waits)
        #expect(queue.nextBatch() == [3])
        #expect(queue.nextBatch() == nil)
        #expect(queue.add(4) == .startsDrain)
    }

    @Test func `a full queue refuses an element and keeps the others`() {
        var queue = BatchQueue<Int>(limit: 2)
        #expect([queue.add(1), queue.add(2), queue.add(3)] == [.startsDrain, .waits, .refused])
        #expect(queue.nextBatch() == [1, 2])
        #expect(queue.add(4) == .waits)
    }

    @Test func `batches keep the order and have no more elements than the limit`() {
        var queue = BatchQueue<Int>(limit: 10, batchLimit: 2)
        for element in 1...5 { _ = queue.add(element) }
        #expect(
            [queue.nextBatch(), queue.nextBatch(), queue.nextBatch(), queue.nextBatch()] == [
                [1, 2], [3, 4], [5], nil,
            ])
    }

    @Test func `no more drains run at once than the limit`() {
        var queue = BatchQueue<Int>(limit: 10, drainLimit: 2)
        #expect([queue.add(1), queue.add(2), queue.add(3)] == [.startsDrain, .startsDrain, .waits])
        #expect(queue.nextBatch() == [1, 2, 3])
        #expect(queue.nextBatch() == nil)
        #expect(queue.add(4) == .startsDrain)
    }

    @Test func `a batch that is put back comes first in the next batch`() {
        var queue = BatchQueue<Int>(limit: 10, drainLimit: 2)
        #expect([queue.add(1), queue.add(2)] == [.startsDrain, .startsDrain])
        let batch = queue.nextBatch() ?? []
        queue.putBack(batch, endingDrain: false)
        #expect(queue.add(3) == .waits)
        #expect(queue.nextBatch() == [1, 2, 3])
        queue.putBack(batch, endingDrain: true)
        #expect(queue.add(4) == .startsDrain)
        #expect(queue.nextBatch() == [1, 2, 4])
    }
}
