import Crypto
import CryptoExtras
import Foundation
import StrictCoding
import TokenCore

/// A private key that this service authenticates with at a provider: P-256 (ES256) or RSA (RS256).
package struct ProviderClientKey: Sendable, CustomStringConvertible, CustomReflectable {
    private enum Key: Sendable {
        case p256(P256.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    private let key: Key
    /// The `kid` of its signatures.
    let id: String

    /// A text is not a key that can be used.
    package struct Unusable: Error, CustomStringConvertible {
        package var description: String {
            "it is not a private key in PEM, of P-256 or of RSA with at least 2048 bits"
        }
    }

    /// - Parameters:
    ///   - pem: a private key in PEM (PKCS #8, SEC 1 or PKCS #1).
    ///   - id: the `kid` that the provider knows the key by; nil for its thumbprint (RFC 7638).
    /// - Throws: ``Unusable``.
    package init(pem: String, id: String? = nil) throws {
        if let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) {
            self.key = .p256(key)
        } else if let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem) {
            self.key = .rsa(key)
        } else {
            throw Unusable()
        }
        self.id = try id ?? ProviderClientKey.thumbprint(of: key)
    }

    /// Whether it signs with ES256, which Apple demands.
    package var isES256: Bool {
        if case .p256 = key { true } else { false }
    }

    /// Signs a JWT.
    ///
    /// - Parameter claims: the claims as JSON.
    func sign(_ claims: [UInt8]) throws -> String {
        let header = JSONWriter.object { json in
            json.member("alg", isES256 ? "ES256" : "RS256")
            json.member("kid", id)
            json.member("typ", "JWT")
        }
        let input = Base64URL.encode(header) + "." + Base64URL.encode(claims)
        let signature =
            switch key {
            case .p256(let key): try key.signature(for: Data(input.utf8)).rawRepresentation
            case .rsa(let key):
                try key.signature(for: SHA256.hash(data: Data(input.utf8)), padding: .insecurePKCS1v1_5)
                    .rawRepresentation
            }
        return input + "." + Base64URL.encode(signature)
    }

    private static func thumbprint(of key: Key) throws -> String {
        // The members in lexicographic order (RFC 7638 §3.2).
        let members: [(name: String, value: String)]
        switch key {
        case .p256(let key):
            let point = key.publicKey.rawRepresentation
            members = [
                ("crv", "P-256"), ("kty", "EC"), ("x", Base64URL.encode(point.prefix(32))),
                ("y", Base64URL.encode(point.suffix(32))),
            ]
        case .rsa(let key):
            let numbers = try key.publicKey.getKeyPrimitives()
            members = [
                ("e", Base64URL.encode(numbers.publicExponent)), ("kty", "RSA"),
                ("n", Base64URL.encode(numbers.modulus)),
            ]
        }
        let canonical = JSONWriter.object { json in
            for member in members { json.member(named: member.name, member.value) }
        }
        return Base64URL.encode(SHA256.hash(data: canonical))
    }

    package var description: String { "ProviderClientKey(redacted)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
