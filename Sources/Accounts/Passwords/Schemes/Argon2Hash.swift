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
        if work > Argon2Hash.maximumWork {
            return "takes too long: more than \(Argon2Hash.maximumWork) KiB of memory times passes (m, t, p)"
        }
        return nil
    }

    /// About a second; 256 MiB with three passes are allowed.
    private static let maximumWork = 800_000

    /// The cost in KiB that are written. More than one lane starts four threads for each lane in each pass, and a
    /// thread costs as much as some 40 KiB.
    private var work: Int { passes * (memoryKiB + (lanes > 1 ? 160 * lanes : 0)) }

    func matches(_ password: [UInt8]) -> Bool {
        argon2_verify(encoded, password, password.count, type) == ARGON2_OK.rawValue
    }
}
