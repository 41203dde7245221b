import HTTPTypes
import Hummingbird
import TokenHTTP

/// The style sheet, the logo and the scripts, embedded in the program.
struct PageAssets: Controller {
    private let documents: [String: CacheableDocument]

    /// The path of the logo, below the root of the pages.
    static let logoPath = "/logo"

    /// A logo may be an SVG document with scripts. They do not run when a browser opens it as a page.
    private static let logoPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

    /// What the pages of the public listener load.
    ///
    /// - Throws: an error of the compression.
    init(_ branding: Branding) throws {
        let script = "text/javascript; charset=utf-8"
        try self.init([
            ("/style.css", "text/css; charset=utf-8", branding.styleSheet),
            ("/mark.svg", Logo.markType, branding.mark),
            (PageAssets.logoPath, branding.logo?.contentType ?? Logo.markType, branding.logo?.bytes ?? branding.mark),
            ("/inspect.js", script, PageAssets.script(PackageResources.inspect_js)),
            ("/heirloom.js", script, PageAssets.script(PackageResources.heirloom_js)),
            ("/heirloom.mjs", script, PageAssets.script(PackageResources.heirloom_mjs)),
            ("/heirloom-bind.mjs", script, PageAssets.script(PackageResources.heirloom_bind_mjs)),
            ("/heirloom.d.ts", "text/plain; charset=utf-8", PackageResources.heirloom_d_ts),
            ("/heirloom-bind.d.ts", "text/plain; charset=utf-8", PackageResources.heirloom_bind_d_ts),
        ])
    }

    /// What the pages of the console load.
    ///
    /// - Throws: an error of the compression.
    static func console(_ branding: Branding) throws -> PageAssets {
        let logo = branding.logo
        return try PageAssets([
            ("/console/style.css", "text/css; charset=utf-8", branding.styleSheet),
            ("/console/console.css", "text/css; charset=utf-8", PackageResources.console_css),
            ("/console/mark.svg", Logo.markType, branding.mark),
            ("/console" + PageAssets.logoPath, logo?.contentType ?? Logo.markType, logo?.bytes ?? branding.mark),
        ])
    }

    private init(_ assets: [(path: String, type: String, bytes: [UInt8])]) throws {
        documents = try Dictionary(
            uniqueKeysWithValues: assets.map { asset in
                // Revalidated after an hour, since a new version of the service may bring new assets.
                (
                    asset.path,
                    try CacheableDocument(compressing: asset.bytes, contentType: asset.type, maxAgeSeconds: 3600)
                )
            })
    }

    /// A script without its lines of comment and without indentation. No literal of these scripts spans lines.
    private static func script(_ bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { $0.drop { $0 == UInt8(ascii: " ") } }
        return Array(lines.filter { !$0.starts(with: "//".utf8) }.joined(separator: "\n".utf8)) + [UInt8(ascii: "\n")]
    }

    func addRoutes(to routes: inout RouteTable) {
        for (path, document) in documents {
            let isLogo = path.hasSuffix(PageAssets.logoPath)
            routes.on(.get, path) { exchange in
                var response = document.response(to: exchange.request)
                if isLogo { response.headers[.contentSecurityPolicy] = PageAssets.logoPolicy }
                return response
            }
        }
    }
}
