import SessionEngine
import Testing
import TokenCore

struct WebhookSecretTests {
    /// The example of Standard Webhooks' reference libraries.
    private static let example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test func `the signature is that of the specification's example`() throws {
        let secret = try #require(WebhookSecret(WebhookSecretTests.example))
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array("{\"test\": 2432232314}".utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: [24, 25, 32, 63, 64])
    func `a secret has 24 to 64 bytes`(length: Int) {
        #expect(WebhookSecret(WebhookSecretTests.text(of: length)) != nil)
    }

    @Test(arguments: [
        "", "whsec_", text(of: 23), text(of: 65), String(text(of: 24).dropFirst(6)),
        "WHSEC_" + text(of: 24).dropFirst(6), text(of: 24) + " ", text(of: 24) + "\n", " " + text(of: 24),
        text(of: 25).replacing("=", with: ""), "whsec_" + String(repeating: "-", count: 32),
        "whsec_" + String(repeating: "é", count: 32),
    ])
    func `other texts are no secrets`(text: String) { #expect(WebhookSecret(text) == nil) }

    @Test func `nothing shows a secret`() throws {
        let secret = try #require(WebhookSecret(WebhookSecretTests.example))
        var dumped = "\(secret) \(String(reflecting: secret))"
        dump(secret, to: &dumped)
        #expect(!dumped.contains("MfKQ") && !dumped.contains("bytes"))
    }

    @Test func `a request has a signature of each secret`() throws {
        let secrets = try [24, 64].map { try #require(WebhookSecret(WebhookSecretTests.text(of: $0))) }
        let webhook = Webhook(
            name: try #require(WebhookName("audit")), url: "https://x.example/", secrets: secrets, kinds: [])
        let event = EventRecord(
            .logout, number: 7, at: Timestamp(milliseconds: 1_800_000_000_123), subject: SubjectID("ada"))
        let request = WebhookRequest(event, to: webhook, at: Timestamp(milliseconds: 1_800_000_009_999))
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        let id = "evt_7_1800000000123"
        #expect(headers["webhook-id"] == id && headers["webhook-timestamp"] == "1800000009")
        #expect(headers["Content-Type"] == "application/json")
        let signatures = secrets.map { $0.signature(id: id, timestamp: 1_800_000_009, body: request.body) }
        #expect(signatures[0] != signatures[1])
        #expect(headers["webhook-signature"] == signatures.joined(separator: " "))
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"id":7,"kind":"logout","at":"2027-01-15T08:00:00.123Z","subject":"ada"}"#)
        // Another event with the same number, after a restore.
        let other = EventRecord(.logout, number: 7, at: Timestamp(milliseconds: 1_800_000_000_124))
        #expect(WebhookRequest(other, to: webhook, at: event.at).headers[1].value != id)
    }

    private static func text(of length: Int) -> String {
        let bytes = (0..<length).map { UInt8($0) }
        return "whsec_" + WebhookSecretTests.base64(bytes)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        return stride(from: 0, to: bytes.count, by: 3).map { start -> String in
            let chunk = Array(bytes[start..<min(start + 3, bytes.count)])
            let word = chunk.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            let digits = (0...chunk.count).map { alphabet[word >> (18 - 6 * $0) & 63] }
            return String(digits) + String(repeating: "=", count: 3 - chunk.count)
        }.joined()
    }
}
