/// What the layout of every page of the console shows around its content. The templates read the members by their
/// names.
struct ConsoleFrame<Content> {
    let title: String
    /// What every form sends; nil when nobody is signed in.
    let csrf: String?
    let notice: String?
    let error: ConsoleError?
    /// After how many seconds the browser loads the page again; nil for never.
    let refreshSeconds: Int?
    /// Which link of the navigation leads to this page. All are false on a page that no link leads to.
    let isUsers: Bool
    let isClients: Bool
    let isKeys: Bool
    let isEvents: Bool
    let isProviders: Bool
    let content: Content
}
