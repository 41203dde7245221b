import HTTPTypes
import TokenHTTP

extension Response {
    /// The same answer with a time after which another attempt may succeed.
    func retryable(afterSeconds seconds: Int) -> Response {
        var response = self
        response.headers[.retryAfter] = String(seconds)
        return response
    }
}
