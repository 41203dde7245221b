import HTTPTypes
import TokenHTTP

/// The style sheet, the logo and the scripts, embedded in the program.
struct PageAssets: Controller {
    private let documents: [String: CacheableDocument]

    /// - Throws: an error of the compression.
    init() throws {
        let script = "text/javascript; charset=utf-8"
        let assets: [(path: String, type: String, bytes: [UInt8])] = [
            ("/style.css", "text/css; charset=utf-8", PackageResources.style_css),
            ("/mark.svg", "image/svg+xml", PackageResources.mark_svg),
            ("/inspect.js", script, PageAssets.script(PackageResources.inspect_js)),
            ("/heirloom.js", script, PageAssets.script(PackageResources.heirloom_js)),
            ("/heirloom.mjs", script, PageAssets.script(PackageResources.heirloom_mjs)),
            ("/heirloom-bind.mjs", script, PageAssets.script(PackageResources.heirloom_bind_mjs)),
            ("/heirloom.d.ts", "text/plain; charset=utf-8", PackageResources.heirloom_d_ts),
            ("/heirloom-bind.d.ts", "text/plain; charset=utf-8", PackageResources.heirloom_bind_d_ts),
        ]
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
        for (path, document) in documents { routes.on(.get, path) { document.response(to: $0.request) } }
    }
}
