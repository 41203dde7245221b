/// The modulus of an RSA public key, unsigned and big-endian.
struct RSAModulus {
    let bytes: [UInt8]

    /// The odd primes up to 167. The fingerprint of ROCA is in the remainders of the modulus by them; a random modulus
    /// has it with a probability of about 2⁻²⁷.
    private static let primes = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
        113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ]

    /// Whether the modulus is known to be weak: a small prime divides it, or it comes from a generator whose moduli can
    /// be factored, ROCA (CVE-2017-15361; Nemec et al. 2017, §3.1): by each of the primes its remainder is a power of
    /// 65537.
    var isWeak: Bool {
        let remainders = RSAModulus.primes.map { prime in
            (prime, bytes.reduce(0) { ($0 << 8 | Int($1)) % prime })
        }
        return bytes.last.map { $0 & 1 == 0 } ?? true || remainders.contains { $0.1 == 0 }
            || remainders.allSatisfy { RSAModulus.isPower(of: 65537, $0.1, modulo: $0.0) }
    }

    private static func isPower(of base: Int, _ number: Int, modulo prime: Int) -> Bool {
        var power = 1
        repeat {
            if power == number { return true }
            power = power * base % prime
        } while power != 1
        return false
    }
}
