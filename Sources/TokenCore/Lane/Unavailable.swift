/// Why a write could not be made now. Nothing the caller holds was consumed, or trying again is harmless.
package enum Unavailable: Error {
    /// More commands wait than the queue holds.
    case overloaded
    /// The transaction under way takes too long; the disk or the database does not answer.
    case stalled
    /// The service is going down.
    case shuttingDown
    /// The store failed: disk full, I/O error, locked by another process.
    case store(any Error)
}

extension Unavailable: CustomStringConvertible {
    package var description: String {
        switch self {
        case .overloaded: "too many requests wait for the store"
        case .stalled: "the store does not answer"
        case .shuttingDown: "the service is shutting down"
        case .store(let error): "the store failed: \(error)"
        }
    }
}
