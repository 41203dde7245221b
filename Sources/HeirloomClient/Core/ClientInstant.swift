/// A moment, on both clocks of a device.
package struct ClientInstant: Sendable {
    /// The wall clock, in Unix seconds. It may be wrong, and it may jump.
    package var unix: Int
    /// The time since a fixed instant. It goes on during sleep and never jumps.
    package var uptime: Duration

    /// Makes an instant from both times.
    package init(unix: Int, uptime: Duration) {
        self.unix = unix
        self.uptime = uptime
    }
}
