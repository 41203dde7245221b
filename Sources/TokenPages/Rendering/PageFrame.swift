import StrictCoding
import TokenCore
import TokenHTTP

/// What the layout of every page shows around its content. The templates read the members by their names.
struct PageFrame<Content> {
    let title: String
    var script: String?
    /// Whether the page loads heirloom.js, which keeps the session alive.
    var hasHelper = true
    /// Whether the page is `/inspect`, which the navigation marks.
    var isInspect = false
    /// What heirloom.js learns from the page, as JSON with the names of the API; nil for nothing.
    var helper: String?
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
    /// What heirloom.js learns from a page whose visitor has no session.
    static var signedOutHelper: String { "{}" }

    /// The same frame for a user who is signed in.
    ///
    /// - Parameter accessSeconds: how long the access cookie is still valid; nil for unknown.
    func signedIn(_ session: Session, csrf: CSRFTokens, accessSeconds: Int?) -> PageFrame {
        var frame = self
        let token = csrf.token(for: session.id)
        frame.user = session.subject.displayName
        frame.session = session.id.description
        frame.csrf = token
        let helper = JSONWriter.object { json in
            json.member("session_id", session.id.description)
            json.member("csrf_token", token)
            if let accessSeconds { json.member("expires_in", accessSeconds) }
        }
        frame.helper = String(decoding: helper, as: UTF8.self)
        return frame
    }
}
