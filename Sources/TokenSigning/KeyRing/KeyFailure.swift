package import TokenCore

/// Why the key ring cannot be used.
package enum KeyFailure: Error, CustomStringConvertible {
    case undecryptable(id: SigningKeyID)
    case unknownAlgorithm(id: SigningKeyID, SigningAlgorithm)
    case noCurrentKey

    package var description: String {
        switch self {
        case .undecryptable(let id):
            "the signing key \(id) in the database does not decrypt with this master key: it was sealed under another "
                + "one. Put the master key back that this database was made with (by default data/master.key), or name "
                + "it in previousMasterKeyFiles"
        case .unknownAlgorithm(let id, let algorithm):
            "the signing key \(id) in the database has the algorithm \(algorithm.rawValue), which this version does "
                + "not know"
        case .noCurrentKey:
            "the database has no current signing key; run: heirloom key rotate"
        }
    }
}
