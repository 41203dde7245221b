import HTTPTypes
import Hummingbird

extension Response {
    /// Sends a browser on with a GET, whatever the request was (RFC 9110 §15.4.4).
    static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }
}
