import Federation
import SessionEngine
import TokenCore

extension Webhook {
    /// Reads one webhook. Nil when it cannot be used; the reader then has each mistake.
    init?(_ name: String, _ reader: inout ConfigurationReader) {
        let keys = WebhookKeys(name)
        guard let webhookName = WebhookName(name) else { return nil }
        reader.requirePath(reader[keys.secretFile], keys.secretFile)
        let url = reader[keys.url]
        let endpoint = EndpointURL(url)
        let isAllowed = url.utf8.count <= 2048 && endpoint.map { $0.isSecure || $0.isLoopback } ?? false
        if !isAllowed, !reader.hasMistake(at: keys.url.path) {
            // A URL may hold a secret, so that it is not repeated.
            reader.refuse(
                keys.url.path,
                "expected an https URL, or an http URL of this machine, without user and fragment, of at most 2048 "
                    + "characters")
        }
        let secrets = Webhook.secrets(keys, &reader)
        let kinds = Webhook.kinds(keys, &reader)
        guard keys.all.allSatisfy({ !reader.hasMistake(at: $0.path) }) else { return nil }
        self.init(name: webhookName, url: url, secrets: secrets, kinds: kinds)
    }

    /// All webhooks that can be used.
    static func all(_ reader: inout ConfigurationReader) -> [Webhook] {
        var webhooks: [Webhook] = []
        for name in reader.names(in: .webhooks) {
            if let webhook = Webhook(name, &reader) { webhooks.append(webhook) }
        }
        return webhooks
    }

    private static func secrets(_ keys: WebhookKeys, _ reader: inout ConfigurationReader) -> [WebhookSecret] {
        guard let text = reader.secret(in: keys.secretFile) else { return [] }
        let words = text.split { $0.isWhitespace }
        let secrets = words.compactMap { WebhookSecret(String($0)) }
        if secrets.count < words.count || words.count > 2 {
            reader.refuse(
                keys.secretFile.path,
                "expected whsec_ and base64 of 24 to 64 bytes in \(reader.path(keys.secretFile)), or two such secrets "
                    + "on two lines")
        }
        return secrets
    }

    private static func kinds(_ keys: WebhookKeys, _ reader: inout ConfigurationReader) -> Set<EventRecord.Kind> {
        var kinds: Set<EventRecord.Kind> = []
        for name in reader[keys.kinds] {
            if let kind = EventRecord.Kind(known: name) {
                kinds.insert(kind)
            } else {
                let known = EventRecord.Kind.all.map(\.rawValue)
                reader.refuse(
                    keys.kinds.path,
                    "\"\(name.prefix(40))\" is not a kind of events" + SpellingHint.text(for: name, among: known))
            }
        }
        return kinds
    }
}
