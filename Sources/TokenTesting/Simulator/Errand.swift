/// A request on its way, and who waits for the answer.
struct Errand: Sendable {
    enum Sender: Sendable {
        case device(Int, asked: TokenName?, delivery: Step.Delivery, obeys: Bool)
        case thief(slot: Int, follow: Bool)
        case nobody
    }

    let request: Request
    let sender: Sender

    init(_ request: Request, from sender: Sender = .nobody) {
        self.request = request
        self.sender = sender
    }
}
