import TokenCore

/// What every page has around its content.
struct PageFrame<Content> {
    let title: String
    var script: String?
    /// Who is signed in, and by which session.
    var user: String?
    var session: String?
    var csrf: String?
    let content: Content
}

extension PageFrame {
    /// A page for somebody who is signed in.
    init(title: String, script: String? = nil, session: Session, csrf: String, content: Content) {
        self.init(
            title: title, script: script, user: session.subject.account?.username ?? session.subject.id.value,
            session: session.record.id.description, csrf: csrf, content: content)
    }
}
