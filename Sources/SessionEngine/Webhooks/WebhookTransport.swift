/// Sends the messages of webhooks.
package protocol WebhookTransport: Sendable {
    /// Sends a message within 10 seconds and follows no redirect.
    ///
    /// - Returns: the status of the answer, whose body is discarded.
    func send(_ request: WebhookRequest) async throws(WebhookFailure) -> Int
}
