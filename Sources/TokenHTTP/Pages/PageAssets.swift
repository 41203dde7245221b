import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import StrictCoding

/// The style sheet, the mark and the scripts, embedded in the binary.
enum PageAssets {
    static func addRoutes(to routes: inout RouteTable) {
        let assets: [(path: String, type: String, bytes: [UInt8])] = [
            ("/style.css", "text/css; charset=utf-8", PackageResources.style_css),
            ("/mark.svg", "image/svg+xml", PackageResources.mark_svg),
            ("/inspect.js", "text/javascript; charset=utf-8", PackageResources.inspect_js),
            ("/heirloom.js", "text/javascript; charset=utf-8", PackageResources.heirloom_js),
        ]
        for asset in assets {
            let etag = "\"" + Base64URL.encode(SHA256.hash(data: asset.bytes).prefix(12)) + "\""
            // Revalidated after an hour: a new version of the service brings new ones.
            let headers: HTTPFields = [.eTag: etag, .cacheControl: "public, max-age=3600"]
            let body = ByteBuffer(bytes: asset.bytes)
            routes.on(.get, asset.path) { exchange in
                if exchange.request.headers[.ifNoneMatch] == etag {
                    return Response(status: .notModified, headers: headers)
                }
                var headers = headers
                headers[.contentType] = asset.type
                return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
            }
        }
    }
}
