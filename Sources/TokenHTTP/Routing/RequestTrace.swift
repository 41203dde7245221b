import HTTPTypes
package import Logging

/// The ids of a request in the logs: this service's or its proxy's, and the caller's.
package struct RequestTrace {
    /// A trusted proxy's `X-Request-Id`, or a new one.
    package let requestID: String
    private let headers: HeaderFields

    private static let longestRequestID = 128

    /// - Parameter isFromProxy: whether the peer is a trusted proxy.
    package init(_ headers: HeaderFields, isFromProxy: Bool) {
        self.headers = headers
        requestID = (isFromProxy ? RequestTrace.given(headers) : nil) ?? RequestID.make()
    }

    /// The trace id of the caller's `traceparent`; nil without exactly one valid one.
    package var traceID: String? {
        let values = headers[values: .traceparent]
        return values.count == 1 ? TraceParent(values[0])?.traceID : nil
    }

    /// A logger whose lines have the request's ids, and no other id of a request.
    package func logger(_ base: Logger) -> Logger {
        var logger = base
        logger[metadataKey: "request_id"] = "\(requestID)"
        logger[metadataKey: "trace_id"] = traceID.map { "\($0)" }
        return logger
    }

    private static func given(_ headers: HeaderFields) -> String? {
        let values = headers[values: .xRequestID]
        guard values.count == 1, let id = values.first, (1...longestRequestID).contains(id.utf8.count),
            id.isVisibleASCII
        else { return nil }
        return id
    }
}
