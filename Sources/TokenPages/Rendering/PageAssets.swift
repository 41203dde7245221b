import HTTPTypes
import TokenHTTP

/// The style sheet, the logo and the scripts, embedded in the program.
struct PageAssets: Controller {
    private let documents: [String: CompressedDocument]

    /// The path of the logo, below the root of the pages.
    static let logoPath = "/logo"

    /// A logo may be an SVG document with scripts. They do not run when a browser opens it as a page.
    private static let logoPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

    /// What the pages of the public listener load.
    init(_ branding: Branding) {
        let script = "text/javascript; charset=utf-8"
        let logo = branding.logo
        self.init([
            Asset("/style.css", "text/css; charset=utf-8") { branding.styleSheet },
            Asset("/mark.svg", Logo.markType) { branding.mark },
            Asset(PageAssets.logoPath, logo?.contentType ?? Logo.markType) { logo?.bytes ?? branding.mark },
            Asset("/inspect.js", script) { PageAssets.script(PackageResources.inspect_js) },
            Asset("/heirloom.js", script) { PageAssets.script(PackageResources.heirloom_js) },
            Asset("/heirloom.mjs", script) { PageAssets.script(PackageResources.heirloom_mjs) },
            Asset("/heirloom-bind.mjs", script) { PageAssets.script(PackageResources.heirloom_bind_mjs) },
            Asset("/heirloom.d.ts", "text/plain; charset=utf-8") { PackageResources.heirloom_d_ts },
            Asset("/heirloom-bind.d.ts", "text/plain; charset=utf-8") { PackageResources.heirloom_bind_d_ts },
        ])
    }

    /// What the pages of the console load.
    static func console(_ branding: Branding) -> PageAssets {
        let logo = branding.logo
        return PageAssets([
            Asset("/console/style.css", "text/css; charset=utf-8") { branding.styleSheet },
            Asset("/console/console.css", "text/css; charset=utf-8") { PackageResources.console_css },
            Asset("/console/mark.svg", Logo.markType) { branding.mark },
            Asset("/console" + PageAssets.logoPath, logo?.contentType ?? Logo.markType) {
                logo?.bytes ?? branding.mark
            },
        ])
    }

    private struct Asset {
        let path: String
        let type: String
        let bytes: @Sendable () -> [UInt8]

        init(_ path: String, _ type: String, _ bytes: @escaping @Sendable () -> [UInt8]) {
            self.path = path
            self.type = type
            self.bytes = bytes
        }
    }

    private init(_ assets: [Asset]) {
        documents = Dictionary(
            uniqueKeysWithValues: assets.map { asset in
                // Revalidated after an hour, since a new version of the service may bring new assets.
                (asset.path, CompressedDocument(asset.bytes, contentType: asset.type, maxAgeSeconds: 3600))
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
                var response = try document.response(to: exchange.request)
                if isLogo { response.headers[.contentSecurityPolicy] = PageAssets.logoPolicy }
                return response
            }
        }
    }
}
