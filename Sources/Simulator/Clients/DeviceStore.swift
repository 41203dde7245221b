import StrictCoding

/// The store of a device that two processes share, with its clock and its disk.
struct DeviceStore {
    /// Whether its clients offer a key at their logins.
    let bindsSessions: Bool
    /// What is stored; nil for nothing.
    var contents: [UInt8]?
    /// What was stored before, the last at the end.
    private var previous: [[UInt8]?] = []
    var isFull = false
    /// The process that holds the lock.
    var holder: Int?
    /// How much the wall clock is ahead, in seconds.
    var clockOffset = 0

    init(bindsSessions: Bool) { self.bindsSessions = bindsSessions }

    /// The id of the stored session; nil if there is none.
    var sessionID: String? { member("session_id")?.string }
    var refreshToken: String? { member("refresh_token")?.string }
    var presentations: Int { member("presentations")?.integer ?? 0 }

    mutating func save(_ bytes: [UInt8]) {
        previous = previous.suffix(2) + [contents]
        contents = bytes
    }

    /// The last three saves did not reach the disk.
    mutating func loseSaves() { contents = previous.first ?? contents }

    /// A stored session that says that its token was not presented.
    static func withoutPresentations(_ bytes: [UInt8]) -> [UInt8] {
        guard case .object(let members) = try? JSONReader.read(bytes) else { return bytes }
        return JSONWriter.object { json in
            for (name, value) in members {
                json.member(named: name, value: name == "presentations" ? .integer(0) : value)
            }
        }
    }

    private func member(_ name: String) -> JSON? {
        contents.flatMap { try? JSONReader.read($0) }?[name]
    }
}
