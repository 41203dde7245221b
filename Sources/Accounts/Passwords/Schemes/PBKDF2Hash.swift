import Crypto
import CryptoExtras
import StrictCoding

/// PBKDF2 (RFC 8018 §5.2) with HMAC-SHA-256 or HMAC-SHA-512.
///
/// Django's form is `pbkdf2_sha256$1000000$salt$hash`, whose salt is text. The PHC form is
/// `$pbkdf2-sha256$i=600000,l=32$salt$hash`; passlib writes `$pbkdf2-sha256$29000$salt$hash`.
struct PBKDF2Hash: PasswordScheme {
    private static let longestSalt = 128

    let memoryKiB = 1
    private let function: KDF.Insecure.PBKDF2.HashFunction
    private let rounds: Int
    private let salt: [UInt8]
    private let hash: [UInt8]

    init?(_ hash: HashFields) {
        let found = hash.fields.first?.isEmpty == true ? PBKDF2Hash.phc(hash) : PBKDF2Hash.django(hash)
        guard let found, found.rounds > 0 else { return nil }
        (function, rounds, salt, self.hash) = found
    }

    private typealias Parts = (
        function: KDF.Insecure.PBKDF2.HashFunction, rounds: Int, salt: [UInt8], hash: [UInt8]
    )

    private static func django(_ hash: HashFields) -> Parts? {
        // 32 bytes are 43 characters and one of padding.
        let unpadded = HashFields(text: Array(hash.text.dropLast()))
        guard hash.fields.count == 4, hash.isField(0, "pbkdf2_sha256"), hash.text.last == UInt8(ascii: "="),
            let rounds = HashFields.number(hash.fields[1]), (1...longestSalt).contains(hash.fields[2].count),
            let bytes = unpadded.bytes(3, count: 32...32)
        else { return nil }
        return (.sha256, rounds, Array(hash.fields[2]), bytes)
    }

    private static func phc(_ hash: HashFields) -> Parts? {
        let function: KDF.Insecure.PBKDF2.HashFunction
        let longest: Int
        if hash.isField(1, "pbkdf2-sha256") {
            (function, longest) = (.sha256, 32)
        } else if hash.isField(1, "pbkdf2-sha512") {
            (function, longest) = (.sha512, 64)
        } else {
            return nil
        }
        guard hash.fields.count == 5, let salt = hash.bytes(3, count: 1...longestSalt),
            let bytes = hash.bytes(4, count: 16...longest)
        else { return nil }
        if let rounds = HashFields.number(hash.fields[2]) { return (function, rounds, salt, bytes) }
        guard let numbers = hash.numbers(2, of: ["i", "l"]), let rounds = numbers["i"],
            numbers["l"] ?? bytes.count == bytes.count
        else { return nil }
        return (function, rounds, salt, bytes)
    }

    var excess: String? {
        // A round of SHA-512 costs at least twice as much as one of SHA-256, for which processors have instructions.
        let maximum = function == .sha512 ? 1_000_000 : 2_000_000
        return rounds > maximum ? "takes too long: more than \(maximum) rounds" : nil
    }

    func matches(_ password: [UInt8]) -> Bool {
        // HMAC pads its key with zeros, so that an empty one is the same as one zero. The library takes no empty one.
        let key = try? KDF.Insecure.PBKDF2.deriveKey(
            from: password.isEmpty ? [0] : password, salt: salt, using: function, outputByteCount: hash.count,
            unsafeUncheckedRounds: rounds)
        return key?.withUnsafeBytes { Array($0).equalsInConstantTime(hash) } ?? false
    }
}
