/// A proof that was made in the run.
struct SimulatedProof: Sendable {
    static let uri = "https://simulated.example/"
    /// How far the clock may be from ``madeAt``, in seconds.
    static let window = 60

    let id: Int
    /// The number of the key that made it.
    let key: Int
    /// Unix seconds.
    let madeAt: Int
    /// The session whose access token it is made for; nil for a refresh token.
    let accessTokenOf: Int?
    /// As it is sent.
    let text: String

    /// An access token of a session, as text: only its hash matters.
    static func accessToken(of session: Int) -> String { "access token of S\(session)" }
}

extension SimulatedProof: CustomStringConvertible {
    var description: String {
        "proof \(id) of key \(key)" + (accessTokenOf.map { " for the access token of S\($0)" } ?? "")
    }
}
