import HTTPTypes
import TokenHTTP

/// Somebody who looks at the console, and the pages in their language.
struct ConsoleVisit: Sendable {
    /// Nil for somebody who is not signed in.
    let session: ConsoleSession?
    let renderer: PageRenderer

    /// What the console says.
    var console: any ConsoleTexts { renderer.console }
    /// What all pages say.
    var text: any Texts { renderer.text }

    func page<Content>(
        _ template: PageRenderer.Template, status: HTTPResponse.Status = .ok, title: String, notice: String? = nil,
        error: ConsoleError? = nil, refreshSeconds: Int? = nil, _ content: Content
    ) -> Response {
        renderer.page(
            template, status: status,
            ConsoleFrame(
                title: title, csrf: session?.csrf, notice: notice, error: error, refreshSeconds: refreshSeconds,
                isUsers: template == .consoleUsers, isClients: template == .consoleClients,
                isKeys: template == .consoleKeys, isEvents: template == .consoleEvents,
                isProviders: template == .consoleProviders, content: content))
    }

    /// The error page of a refusal. It has no links of the console but one to the overview, as the other error pages.
    func page(for refusal: ConsoleRefusal) -> Response {
        let title = refusal.status == .notFound ? text.notFound : text.cannotBeDone
        return failure(
            ErrorContent(
                status: refusal.status, title: title, detail: refusal.sentence(in: console),
                label: console.goToOverview, place: "/console"),
            status: refusal.status)
    }

    /// An error page.
    func failure(_ content: ErrorContent, status: HTTPResponse.Status) -> Response {
        ConsoleVisit(session: nil, renderer: renderer)
            .page(.consoleError, status: status, title: content.title, content)
    }
}
