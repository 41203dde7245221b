/// Why the store cannot answer now. Nothing of the caller was consumed, or trying again is harmless.
package enum Unavailable: Error {
    /// The queue of commands or look-ups is full.
    case overloaded
    /// The present transaction takes too long: the disk or the database does not answer.
    case stalled
    /// The service is shutting down.
    case shuttingDown
    /// The store failed, for example because the disk is full or the database is locked.
    case store(any Error)

    /// What a caller gets for an error of a store.
    package init(_ error: any Error) {
        let cause = (error as? TransactionFailure)?.cause ?? error
        self = cause as? Unavailable ?? .store(error)
    }

    /// Why the store failed, for the log; nil for the other cases.
    package var cause: (any Error)? {
        if case .store(let error) = self { error } else { nil }
    }

    /// A clause for clients, without the cause of a failure.
    package var summary: String {
        switch self {
        case .overloaded: "too many requests wait for the store"
        case .stalled, .store: "the store does not answer"
        case .shuttingDown: "the service is shutting down"
        }
    }
}

extension Unavailable: CustomStringConvertible {
    package var description: String { cause.map { "the store failed: \($0)" } ?? summary }
}
