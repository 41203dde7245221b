import CArgon2

/// Argon2id or Argon2i (RFC 9106) as a PHC string: `$argon2id$v=19$m=65536,t=3,p=4$salt$hash`.
struct Argon2Hash: PasswordScheme {
    let memoryKiB: Int
    private let passes: Int
    private let lanes: Int
    private let encoded: [CChar]
    private let type: argon2_type

    init?(_ hash: HashFields) {
        if hash.isField(1, "argon2id") {
            type = Argon2_id
        } else if hash.isField(1, "argon2i") {
            type = Argon2_i
        } else {
            return nil
        }
        guard hash.fields.count == 6, hash.fields[0].isEmpty, hash.isField(2, "v=19") || hash.isField(2, "v=16"),
            let numbers = hash.numbers(3, of: ["m", "t", "p"]), let memory = numbers["m"], let passes = numbers["t"],
            let lanes = numbers["p"], passes > 0, lanes > 0, memory >= 8 * lanes, hash.bytes(4, count: 8...64) != nil,
            hash.bytes(5, count: 16...64) != nil
        else { return nil }
        memoryKiB = memory
        self.passes = passes
        self.lanes = lanes
        encoded = hash.text.map(CChar.init(bitPattern:)) + [0]
    }

    var excess: String? {
        if memoryKiB > 262_144 { return "takes more than 256 MiB (m)" }
        if lanes > 16 { return "has more than 16 lanes (p)" }
        if memoryKiB * passes > 1_048_576 {
            return "takes too long: more than 1048576 KiB of memory times passes (m, t)"
        }
        return nil
    }

    func matches(_ password: [UInt8]) -> Bool {
        argon2_verify(encoded, password, password.count, type) == ARGON2_OK.rawValue
    }
}
