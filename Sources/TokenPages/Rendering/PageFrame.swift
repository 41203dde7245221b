import TokenCore
import TokenHTTP

/// What the layout of every page shows around its content. The templates read the members by their names.
struct PageFrame<Content> {
    let title: String
    var script: String?
    /// The name of the user who is signed in.
    var user: String?
    /// The id of that user's session.
    var session: String?
    var csrf: String?
    let content: Content

    /// - Parameters:
    ///   - script: the path of a script that the page loads.
    ///   - content: what the page's own template shows.
    init(title: String, script: String? = nil, content: Content) {
        self.title = title
        self.script = script
        self.content = content
    }
}

extension PageFrame {
    /// The same frame for a user who is signed in.
    func signedIn(_ session: Session, csrf: CSRFTokens) -> PageFrame {
        var frame = self
        frame.user = session.subject.account?.username ?? session.subject.id.value
        frame.session = session.id.description
        frame.csrf = csrf.token(for: session.id)
        return frame
    }
}
