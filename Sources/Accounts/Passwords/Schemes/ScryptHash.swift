import Crypto
import CryptoExtras
import StrictCoding

/// scrypt (RFC 7914) as a PHC string: `$scrypt$ln=17,r=8,p=1$salt$hash`.
struct ScryptHash: PasswordScheme {
    private let logarithm: Int
    private let blockSize: Int
    private let parallelism: Int
    private let salt: [UInt8]
    private let hash: [UInt8]

    init?(_ hash: HashFields) {
        guard hash.fields.count == 5, hash.fields[0].isEmpty, hash.isField(1, "scrypt"),
            let numbers = hash.numbers(2, of: ["ln", "r", "p"]), let logarithm = numbers["ln"],
            let blockSize = numbers["r"], let parallelism = numbers["p"], (1...31).contains(logarithm),
            (1...1024).contains(blockSize), (1...1024).contains(parallelism), logarithm < 16 * blockSize,
            let salt = hash.bytes(3, count: 1...128), let bytes = hash.bytes(4, count: 16...64)
        else { return nil }
        self.logarithm = logarithm
        self.blockSize = blockSize
        self.parallelism = parallelism
        self.salt = salt
        self.hash = bytes
    }

    /// 128 bytes for each of the blocks.
    var memoryKiB: Int { (blockSize << logarithm) / 8 }

    var excess: String? {
        if memoryKiB > 262_144 { return "takes more than 256 MiB (ln, r)" }
        if memoryKiB * parallelism > 262_144 { return "takes too long: p times its memory is more than 256 MiB" }
        return nil
    }

    func matches(_ password: [UInt8]) -> Bool {
        // As for PBKDF2, which scrypt begins with.
        let key = try? KDF.Scrypt.deriveKey(
            from: password.isEmpty ? [0] : password, salt: salt, outputByteCount: hash.count,
            rounds: 1 << logarithm, blockSize: blockSize, parallelism: parallelism)
        return key?.withUnsafeBytes { Array($0).equalsInConstantTime(hash) } ?? false
    }
}
