/// An access token and when it was issued.
package struct AccessCredential: Sendable, Equatable {
    /// The token.
    package let token: String
    /// Whether it needs a proof by the session's key (`token_type` is `DPoP`).
    package let isBound: Bool
    /// When it was received, in Unix seconds of this device.
    let receivedAt: Int
    /// How long it is valid, in seconds.
    let lifetime: Int

    /// How long it is still valid by a wall clock; zero when the clock shows a time before the receipt.
    func remaining(at unix: Int) -> Duration {
        // Clocks are corrected by small steps all the time.
        guard unix >= receivedAt - 5 else { return .zero }
        return .seconds(max(0, min(lifetime, receivedAt + lifetime - unix)))
    }

    /// How long before its end it is replaced.
    var margin: Duration { .seconds(min(30, lifetime / 4)) }
}

extension AccessCredential: CustomStringConvertible {
    package var description: String { "[redacted]" }
}
