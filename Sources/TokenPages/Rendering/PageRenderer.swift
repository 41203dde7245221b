import HTTPTypes
import NIOCore
import TokenHTTP

/// Renders pages from the templates that are embedded in the program.
struct PageRenderer: Sendable {
    enum Template: String, Sendable, CaseIterable {
        case login, setup, welcome, account, inspect, error, onward, provider
        case consoleEnter = "console-enter"
        case consoleError = "console-error"
        case consoleOverview = "console-overview"
        case consoleUsers = "console-users"
        case consoleSubject = "console-subject"
        case consoleClients = "console-clients"
        case consoleClient = "console-client"
        case consoleKeys = "console-keys"
        case consoleEvents = "console-events"
        case consoleProviders = "console-providers"

        /// The pages that it is for.
        var site: PageSite { rawValue.hasPrefix("console-") ? .console : .account }
    }

    /// What the pages say.
    let text: any Texts
    /// What the console says besides.
    let console: any ConsoleTexts
    private let templates: PageTemplates
    private let headers: HeaderFields

    init(_ branding: Branding, of site: PageSite, in language: PageLanguage) {
        text = language.text
        console = language.console
        templates = PageTemplates(branding, of: site, in: language)
        var headers = PageRenderer.headers
        headers[.contentLanguage] = text.language
        headers[.vary] = "Accept-Language"
        self.headers = headers
    }

    /// Parses every template of a listener.
    ///
    /// - Throws: an error of a template.
    static func parseAll(_ branding: Branding, of site: PageSite, in language: PageLanguage) throws {
        let templates = PageTemplates(branding, of: site, in: language)
        for template in Template.allCases where template.site == site { try templates.parsed(template.rawValue) }
    }

    /// - Parameter frame: a ``PageFrame``, or a ``ConsoleFrame`` for a page of the console.
    func page(_ template: Template, status: HTTPResponse.Status = .ok, _ frame: Any) -> Response {
        html(template, status: status, frame)
    }

    /// A page that says what happened, and leads on.
    func failure(_ content: ErrorContent, status: HTTPResponse.Status) -> Response {
        page(.error, status: status, PageFrame(title: content.title, content: content))
    }

    /// A page that leads the browser to `path`. The navigation comes from this site, so that the browser sends the
    /// cookies that it withholds from a navigation of another site.
    func onward(to path: String) -> Response { html(.onward, status: .ok, ["path": path]) }

    /// The same for a URL that has a secret, or is a provider's: the next site does not learn which page led to it.
    func step(to url: String) -> Response {
        var response = onward(to: url)
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    private func html(_ template: Template, status: HTTPResponse.Status, _ object: Any) -> Response {
        // A test parses every template, so none fails here.
        guard let text = try? templates.render(object, withTemplate: template.rawValue) else {
            return Response(status: .internalServerError)
        }
        return Response(
            status: status, headers: headers, body: ByteBuffer(string: text))
    }

    /// Pages load nothing from other origins, have no inline scripts or styles, and are not shown in frames.
    private static let headers: HeaderFields = [
        .contentType: "text/html; charset=utf-8",
        .cacheControl: "no-store",
        .contentSecurityPolicy:
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        .referrerPolicy: "same-origin",
        .permissionsPolicy: "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
        .crossOriginOpenerPolicy: "same-origin",
        .crossOriginResourcePolicy: "same-origin",
        .xFrameOptions: "DENY",
    ]
}
