/// Why the use of a key-bound token is refused. Nothing was consumed.
package enum ProofFault: Sendable, Equatable {
    case missing
    /// The proof fails one of the checks that concern it alone.
    case wrong
    /// The proof counted once already.
    case replayed
    /// The proof is of another key than the token.
    case otherKey
}
