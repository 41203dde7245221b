import HTTPTypes
import Hummingbird
import Mustache
import NIOCore
import TokenHTTP

/// Renders pages from the templates that are embedded in the program.
struct PageRenderer: Sendable {
    enum Template: String, Sendable { case login, setup, welcome, account, inspect, error, onward }

    private let library: MustacheLibrary

    init() throws {
        let sources: [String: [UInt8]] = [
            "layout": PackageResources.layout_mustache,
            "session": PackageResources.session_mustache,
            "login": PackageResources.login_mustache,
            "setup": PackageResources.setup_mustache,
            "welcome": PackageResources.welcome_mustache,
            "account": PackageResources.account_mustache,
            "inspect": PackageResources.inspect_mustache,
            "error": PackageResources.error_mustache,
            "onward": PackageResources.onward_mustache,
        ]
        library = MustacheLibrary(
            templates: try sources.mapValues { try MustacheTemplate(string: String(decoding: $0, as: UTF8.self)) })
    }

    func page<Content>(
        _ template: Template, status: HTTPResponse.Status = .ok, _ frame: PageFrame<Content>
    ) -> Response { html(template, status: status, frame) }

    /// A page that says what happened, and leads on.
    func failure(_ content: ErrorContent, status: HTTPResponse.Status) -> Response {
        page(.error, status: status, PageFrame(title: content.title, content: content))
    }

    /// A page that leads the browser to `path`. The navigation comes from this site, so that the browser sends the
    /// cookies that it withholds from a navigation of another site.
    func onward(to path: String) -> Response { html(.onward, status: .ok, ["path": path]) }

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
