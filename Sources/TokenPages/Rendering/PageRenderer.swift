import HTTPTypes
import Hummingbird
import Mustache
import NIOCore
import TokenHTTP

/// Renders pages from the templates that are embedded in the program.
struct PageRenderer: Sendable {
    enum Template: String, Sendable {
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
    }

    private let library: MustacheLibrary

    init() throws { library = try PageRenderer.library.get() }

    /// Both listeners have pages. Their templates are parsed once.
    private static let library = Result {
        let sources: [String: [UInt8]] = [
            "layout": PackageResources.layout_mustache,
            "session": PackageResources.session_mustache,
            "session-facts": PackageResources.session_facts_mustache,
            "login": PackageResources.login_mustache,
            "setup": PackageResources.setup_mustache,
            "welcome": PackageResources.welcome_mustache,
            "account": PackageResources.account_mustache,
            "inspect": PackageResources.inspect_mustache,
            "error": PackageResources.error_mustache,
            "onward": PackageResources.onward_mustache,
            "provider": PackageResources.provider_mustache,
            "console-layout": PackageResources.console_layout_mustache,
            "console-event": PackageResources.console_event_mustache,
            "console-session": PackageResources.console_session_mustache,
            "console-enter": PackageResources.console_enter_mustache,
            "console-error": PackageResources.console_error_mustache,
            "console-overview": PackageResources.console_overview_mustache,
            "console-users": PackageResources.console_users_mustache,
            "console-subject": PackageResources.console_subject_mustache,
            "console-clients": PackageResources.console_clients_mustache,
            "console-client": PackageResources.console_client_mustache,
            "console-keys": PackageResources.console_keys_mustache,
            "console-events": PackageResources.console_events_mustache,
            "console-providers": PackageResources.console_providers_mustache,
        ]
        return MustacheLibrary(
            templates: try sources.mapValues { try MustacheTemplate(string: String(decoding: $0, as: UTF8.self)) })
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
        let text = library.render(object, withTemplate: template.rawValue) ?? ""
        return Response(
            status: status, headers: PageRenderer.headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Pages load nothing from other origins, have no inline scripts or styles, and are not shown in frames.
    private static let headers: HTTPFields = [
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
