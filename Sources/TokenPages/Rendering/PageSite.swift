/// The pages of one listener.
enum PageSite: CaseIterable, Sendable {
    case account, console

    /// The path that the pages lie below.
    var root: String {
        switch self {
        case .account: ""
        case .console: "/console"
        }
    }
}
