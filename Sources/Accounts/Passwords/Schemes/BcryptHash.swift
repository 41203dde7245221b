import CCrypt
import StrictCoding

/// bcrypt, computed by libxcrypt: `$2b$12$` and 53 characters, or `$2a$` or `$2y$`, which are the same for correct
/// implementations.
///
/// bcrypt reads the first 72 bytes of a password, so that a longer one is the same as these.
struct BcryptHash: PasswordScheme {
    private static let alphabet = Set("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    let memoryKiB = 64
    private let cost: Int
    private let text: [UInt8]

    init?(_ hash: HashFields) {
        guard hash.fields.count == 4, hash.fields[0].isEmpty,
            ["2a", "2b", "2y"].contains(where: { hash.isField(1, $0) }), hash.fields[2].count == 2,
            let cost = HashFields.number(hash.fields[2].drop { $0 == UInt8(ascii: "0") }), (4...31).contains(cost),
            hash.fields[3].count == 53, hash.fields[3].allSatisfy(BcryptHash.alphabet.contains)
        else { return nil }
        self.cost = cost
        text = hash.text
    }

    var excess: String? { cost > 14 ? "takes too long: a cost of more than 14" : nil }

    func matches(_ password: [UInt8]) -> Bool {
        // A C string ends at its first NUL: a password with one was never hashed whole.
        let isWhole = !password.contains(0)
        let phrase = password.prefix(72).map(CChar.init(bitPattern:)) + [0]
        let setting = text.map(CChar.init(bitPattern:)) + [0]
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        data.initialize(to: crypt_data())
        defer { data.deallocate() }
        guard let computed = crypt_rn(phrase, setting, data, Int32(MemoryLayout<crypt_data>.size)) else { return false }
        // Behind the salt, whose last character has bits without a meaning.
        let hash = Array(String(cString: computed).utf8.suffix(31))
        return hash.equalsInConstantTime(Array(text.suffix(31))) && isWhole
    }
}
