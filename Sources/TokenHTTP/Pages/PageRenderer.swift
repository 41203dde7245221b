import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// Makes pages of templates that are embedded in the binary.
struct PageRenderer: Sendable {
    enum Template: String, Sendable { case login, setup, account, inspect, error, onward }

    private let library: MustacheLibrary

    init() throws {
        let sources: [String: [UInt8]] = [
            "layout": PackageResources.layout_mustache,
            "session": PackageResources.session_mustache,
            "login": PackageResources.login_mustache,
            "setup": PackageResources.setup_mustache,
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

    /// A page that sends the browser to `path` by itself: a step of this site's own, so that cookies which do not come along
    /// from another site come with it.
    func onward(to path: String) -> Response { html(.onward, status: .ok, ["path": path]) }

    func error(_ problem: Problem) -> Response {
        var response = page(
            .error, status: problem.status,
            PageFrame(title: problem.title, content: ErrorContent(problem)))
        for field in problem.headers { response.headers.append(field) }
        return response
    }

    private func html(_ template: Template, status: HTTPResponse.Status, _ object: Any) -> Response {
        let text = library.render(object, withTemplate: template.rawValue) ?? ""
        return Response(
            status: status, headers: PageRenderer.headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Nothing from elsewhere, nothing inline, in nobody's frame.
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

extension HTTPField.Name {
    // Constant names that are known to be valid.
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    fileprivate static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
    fileprivate static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    fileprivate static let xFrameOptions = HTTPField.Name("X-Frame-Options")!
}
