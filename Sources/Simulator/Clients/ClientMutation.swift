/// A mistake that a client could make. The simulator must find each of them.
package enum ClientMutation: String, Sendable, CaseIterable {
    /// A save returns before the bytes are durable, and a kill loses them.
    case savesAreLost
    /// Several processes use the store at the same time.
    case lockIgnored
    /// A presentation is not recorded before it is sent.
    case presentationsForgotten
    /// A lost answer is taken for a refusal.
    case silenceIsVerdict
    /// What a portal answers is taken for the service's refusal.
    case portalIsVerdict
}
