extension TokenDelivery {
    /// Where a client wants its tokens.
    enum Kind: String { case body, cookie }
}

extension JSONMembers {
    /// The member `delivery`; ``TokenDelivery/Kind/body`` when it is absent.
    func delivery() throws -> TokenDelivery.Kind {
        guard let kind = TokenDelivery.Kind(rawValue: try string("delivery") ?? "body") else {
            throw Problem(.invalidRequest, "\"delivery\" is not \"body\" or \"cookie\".")
        }
        return kind
    }
}
