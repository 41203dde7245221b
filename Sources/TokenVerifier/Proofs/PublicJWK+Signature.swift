import Crypto
import CryptoExtras

extension PublicJWK {
    /// The largest modulus of an RSA key, in bytes. It bounds the cost of a verification.
    private static let longestModulus = 512

    /// Verifies a signature that was made with one of ``algorithms``.
    ///
    /// - Throws: ``ProofRefusal/badKey`` if the numbers of the key are not valid, ``ProofRefusal/badSignature``.
    func verify(_ signature: [UInt8], of input: ArraySlice<UInt8>, by algorithm: String) throws(ProofRefusal) {
        let isValid: Bool?
        switch algorithm {
        case "ES256": isValid = verifyES256(signature, of: input)
        case "EdDSA": isValid = verifyEdDSA(signature, of: input)
        case "RS256": isValid = verifyRSA(signature, of: input, padding: .insecurePKCS1v1_5)
        default: isValid = verifyRSA(signature, of: input, padding: .PSS)
        }
        guard let isValid else { throw .badKey }
        guard isValid else { throw .badSignature }
    }

    private func verifyES256(_ signature: [UInt8], of input: ArraySlice<UInt8>) -> Bool? {
        // Each coordinate has its full length (RFC 7518 §6.2.1.2).
        guard let x = bytes("x"), let y = bytes("y"), x.count == 32, y.count == 32,
            let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
        else { return nil }
        guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
        return key.isValidSignature(signature, for: input)
    }

    private func verifyEdDSA(_ signature: [UInt8], of input: ArraySlice<UInt8>) -> Bool? {
        guard let x = bytes("x"), let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else { return nil }
        return key.isValidSignature(signature, for: input)
    }

    private func verifyRSA(
        _ signature: [UInt8], of input: ArraySlice<UInt8>, padding: _RSA.Signing.Padding
    ) -> Bool? {
        // swift-crypto refuses moduli under 2048 bits.
        guard let n = bytes("n"), let e = bytes("e"), n.count <= PublicJWK.longestModulus,
            let key = try? _RSA.Signing.PublicKey(n: n, e: e)
        else { return nil }
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature), for: input, padding: padding)
    }
}
