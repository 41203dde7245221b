extension Provider {
    /// The algorithms that tokens may have: those that are configured, as far as the provider says that it uses them.
    func algorithms(published: [String]?) -> Set<String> {
        let configured = Set(algorithms.map(\.rawValue))
        return published.map { configured.intersection($0) } ?? configured
    }
}
