/// A bounded queue whose elements are taken in batches: what is added while a batch is being processed makes up the
/// next one. A state machine without I/O; its owner keeps it in a mutex and runs the drains that it asks for.
package struct BatchQueue<Element> {
    /// What ``add(_:)`` has decided.
    package enum Admission: Equatable, Sendable {
        /// The queue is full; the element was not added.
        case refused
        /// The caller must start a drain, which takes batches until there is none.
        case startsDrain
        /// A drain that is under way will take it.
        case waits
    }

    private let limit: Int
    private let batchLimit: Int
    private let drainLimit: Int
    private var waiting: [Element] = []
    private var drains = 0

    /// - Parameters:
    ///   - limit: the most elements that may wait.
    ///   - batchLimit: the most elements of a batch.
    ///   - drainLimit: how many drains may be under way at once.
    package init(limit: Int, batchLimit: Int = .max, drainLimit: Int = 1) {
        self.limit = limit
        self.batchLimit = batchLimit
        self.drainLimit = drainLimit
    }

    /// How many elements wait.
    package var count: Int { waiting.count }

    package mutating func add(_ element: Element) -> Admission {
        guard waiting.count < limit else { return .refused }
        waiting.append(element)
        guard drains < drainLimit else { return .waits }
        drains += 1
        return .startsDrain
    }

    /// The next batch of a drain; nil when nothing waits, and then the drain is over.
    package mutating func nextBatch() -> [Element]? {
        guard !waiting.isEmpty else {
            drains -= 1
            return nil
        }
        guard waiting.count > batchLimit else {
            defer { waiting.removeAll(keepingCapacity: true) }
            return waiting
        }
        defer { waiting.removeFirst(batchLimit) }
        return Array(waiting.prefix(batchLimit))
    }

    /// Puts a batch back in front.
    ///
    /// - Parameter endingDrain: true when no worker continues the drain that took it.
    package mutating func putBack(_ batch: [Element], endingDrain: Bool) {
        waiting.insert(contentsOf: batch, at: 0)
        if endingDrain { drains -= 1 }
    }
}

extension BatchQueue: Sendable where Element: Sendable {}
