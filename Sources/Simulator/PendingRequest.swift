/// A request, and the sender that its answer goes to.
struct PendingRequest: Sendable {
    enum Sender: Sendable {
        /// `presented` is nil at a login.
        case device(Int, presented: TokenName?, delivery: Step.Delivery, followsClientRules: Bool)
        case thief(slot: Int, keepsSuccessor: Bool)
        /// A sender that stores nothing of the answer.
        case stateless
    }

    let request: Request
    let sender: Sender

    init(_ request: Request, from sender: Sender = .stateless) {
        self.request = request
        self.sender = sender
    }
}
