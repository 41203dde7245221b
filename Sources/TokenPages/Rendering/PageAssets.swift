import HTTPTypes
import TokenHTTP

/// The style sheet, the logo and the scripts, embedded in the program.
struct PageAssets: Controller {
    func addRoutes(to routes: inout RouteTable) {
        let assets: [(path: String, type: String, bytes: [UInt8])] = [
            ("/style.css", "text/css; charset=utf-8", PackageResources.style_css),
            ("/mark.svg", "image/svg+xml", PackageResources.mark_svg),
            ("/inspect.js", "text/javascript; charset=utf-8", PackageResources.inspect_js),
            ("/heirloom.js", "text/javascript; charset=utf-8", PackageResources.heirloom_js),
        ]
        for asset in assets {
            // Revalidated after an hour, since a new version of the service may bring new assets.
            let document = CacheableDocument(asset.bytes, contentType: asset.type, maxAgeSeconds: 3600)
            routes.on(.get, asset.path) { document.response(to: $0.request) }
        }
    }
}
