import HeirloomClient

/// A process that uses the client library: its memory, and the action that it performs next.
struct SimulatedProcess {
    /// Nil after a kill.
    var core: ClientCore?
    /// What its user wants while it waits for the lock.
    var wish: ClientStep.Wish?
    var step: ClientCore.Step?
    /// The access token that it was given last.
    var lastToken: String?
}
