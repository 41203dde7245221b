extension Provider {
    /// The algorithms that tokens may have: those that are configured and that the provider's metadata, if it lists
    /// any, lists too.
    func algorithms(published: [String]?) -> Set<String> {
        let configured = Set(algorithms.map(\.rawValue))
        return published.map { configured.intersection($0) } ?? configured
    }
}
