import SessionEngine
import TokenCore

/// The id by which a request is found in the log.
enum RequestID {
    static func make() -> String {
        let random: RandomBytes<8> = Entropy.system.bytes()
        return String(random.bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, radix: 36)
    }
}
