import Federation

/// A button that begins a sign-in with a provider. The templates read the members by their names.
struct ProviderButton {
    let id: String
    let name: String

    init(_ provider: Provider) {
        id = provider.id.description
        name = provider.name
    }
}
