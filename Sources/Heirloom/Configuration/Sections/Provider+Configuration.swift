import Federation
import Foundation
import StrictCoding

extension Provider {
    /// Reads one provider. Nil when it cannot be used; the reader then has each mistake.
    init?(_ id: String, _ reader: inout ConfigurationReader) {
        let keys = ProviderKeys(id)
        guard let providerID = ProviderID(id) else { return nil }
        let mistakes = reader.mistakes.count
        for key in keys.files { reader.requirePath(reader[key], key) }
        Provider.checkIssuer(keys, &reader)
        Provider.checkTexts(keys, &reader)
        Provider.checkRequirements(keys, &reader)
        let authentication = ClientAuthentication(keys, &reader)
        let events = Provider.EventSource(keys, &reader)
        let caFile = reader.optionalPath(keys.caFile)
        if let caFile, !reader[keys.caFile].hasPrefix("~"), !TrustedCertificates.areUsable(in: caFile) {
            reader.refuse(keys.caFile.path, "\(caFile) cannot be read, or holds no certificate in PEM")
        }
        guard let authentication, reader.mistakes.count == mistakes else { return nil }
        self.init(
            id: providerID, name: reader[keys.name], issuer: reader[keys.issuer],
            issuerAliases: reader[keys.issuerAliases], clientID: reader[keys.clientID],
            clientAuthentication: authentication, scopes: reader[keys.scopes],
            prompt: reader[keys.prompt].isEmpty ? nil : reader[keys.prompt],
            maxAgeSeconds: reader[keys.maxAgeSeconds] == 0 ? nil : reader[keys.maxAgeSeconds],
            algorithms: reader[keys.algorithms], audiences: reader[keys.audiences], nonceHash: reader[keys.nonceHash],
            signUp: reader[keys.signUp], requirements: reader[keys.require], responseMode: reader[keys.responseMode],
            acceptsLogouts: reader[keys.backchannelLogout], events: events, caFile: caFile)
    }

    /// The host of Microsoft's issuers, and the names there that stand in place of a tenant.
    private static let microsoft = "https://login.microsoftonline.com/"
    private static let sharedTenants = ["common", "organizations", "consumers", "{tenantid}"]

    private static func checkIssuer(_ keys: ProviderKeys, _ reader: inout ConfigurationReader) {
        let issuer = reader[keys.issuer]
        if issuer.hasPrefix(microsoft) {
            let tenant = String(issuer.dropFirst(microsoft.count).prefix { $0 != "/" })
            if sharedTenants.contains(tenant) {
                reader.refuse(
                    keys.issuer.path,
                    "expected the issuer of one tenant, \(microsoft)TENANT-ID/v2.0; the tokens of \(tenant) come from "
                        + "tenants that anybody can make")
            }
        }
        guard issuer.utf8.count <= 255, EndpointURL(issuer)?.isIssuer == true else {
            let example = keys.issuer.path.hasSuffix(".microsoft.issuer") ? "; write \(microsoft)TENANT-ID/v2.0" : ""
            reader.refuse(
                keys.issuer.path,
                "expected an https URL without query and fragment, or an http URL of this machine, of at most 255 "
                    + "characters, found \"\(issuer)\"\(example)")
            return
        }
    }

    private static func checkTexts(_ keys: ProviderKeys, _ reader: inout ConfigurationReader) {
        if reader[keys.name].isEmpty { reader.refuse(keys.name.path, "expected a name that people read, found none") }
        if !isClientID(reader[keys.clientID]) {
            reader.refuse(keys.clientID.path, "expected the client id that the provider has issued")
        }
        if !reader[keys.audiences].allSatisfy(isClientID) {
            reader.refuse(keys.audiences.path, "expected client ids, and none that is empty")
        }
        let scopes = reader[keys.scopes]
        if !scopes.contains("openid") || scopes.contains(where: { !isClientID($0) || $0.contains(" ") }) {
            reader.refuse(keys.scopes.path, "expected \"openid\" and other scopes, each without spaces")
        }
        let prompt = reader[keys.prompt]
        if !["", "login", "consent", "select_account"].contains(prompt) {
            reader.refuse(
                keys.prompt.path, "expected login, consent, select_account or nothing, found \"\(prompt)\"")
        }
    }

    private static func isClientID(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    }

    /// A domain says something only where the provider has verified the address.
    private static func checkRequirements(_ keys: ProviderKeys, _ reader: inout ConfigurationReader) {
        let requirements = reader[keys.require].all
        guard requirements.contains(where: { $0.claim.isExactly(Requirements.emailDomain) }) else { return }
        let path = "\(keys.require.path).\(Requirements.emailDomain)"
        if reader[keys.issuer].hasPrefix(microsoft) {
            reader.refuse(path, "Microsoft does not verify addresses; require \"tid\" or \"groups\" instead")
        } else if !requirements.contains(where: {
            $0.claim.isExactly("email_verified") && $0.values == [.bool(true)]
        }) {
            reader.refuse(path, "expected \"email_verified\": [true] beside it")
        }
    }
}

extension ClientAuthentication {
    /// Nil when the secret or the key cannot be used; the reader then has the mistake.
    fileprivate init?(_ keys: ProviderKeys, _ reader: inout ConfigurationReader) {
        switch reader[keys.clientAuthentication] {
        case .none: self = .none
        case .basic:
            guard let secret = ProviderSecret(keys, &reader) else { return nil }
            self = .basic(secret)
        case .post:
            guard let secret = ProviderSecret(keys, &reader) else { return nil }
            self = .post(secret)
        case .privateKey:
            guard let key = ProviderClientKey(keys, &reader) else { return nil }
            self = .privateKey(key)
        case .apple:
            for key in [keys.teamID, keys.keyID] where reader[key].isEmpty {
                reader.refuse(key.path, "expected the id that Apple shows beside the key, found none")
            }
            guard let key = ProviderClientKey(keys, &reader) else { return nil }
            guard key.isES256 else {
                reader.refuse(keys.clientKeyFile.path, "expected the P-256 key that Apple has issued (.p8)")
                return nil
            }
            self = .apple(key, teamID: reader[keys.teamID])
        }
    }
}

extension ProviderSecret {
    fileprivate init?(_ keys: ProviderKeys, _ reader: inout ConfigurationReader) {
        guard let text = reader.secret(in: keys.clientSecretFile) else { return nil }
        self.init(text)
    }
}

extension ProviderClientKey {
    fileprivate init?(_ keys: ProviderKeys, _ reader: inout ConfigurationReader) {
        guard let pem = reader.secret(in: keys.clientKeyFile) else { return nil }
        do {
            let id = reader[keys.keyID]
            try self.init(pem: pem, id: id.isEmpty ? nil : id)
        } catch {
            reader.refuse(keys.clientKeyFile.path, "\(reader.path(keys.clientKeyFile)) cannot be used: \(error)")
            return nil
        }
    }
}

extension Provider.EventSource {
    /// Nil for a provider that pushes no events.
    fileprivate init?(_ keys: ProviderKeys, _ reader: inout ConfigurationReader) {
        let (issuer, url) = (reader[keys.eventsIssuer], reader[keys.eventsKeys])
        guard !issuer.isEmpty || !url.isEmpty else { return nil }
        guard !issuer.isEmpty else {
            reader.refuse(keys.eventsIssuer.path, "expected the issuer of security events, because jwksUri is set")
            return nil
        }
        guard let endpoint = EndpointURL(url), endpoint.isSecure || endpoint.isLoopback else {
            reader.refuse(keys.eventsKeys.path, "expected the https URL of the keys, found \"\(url)\"")
            return nil
        }
        self.init(issuer: issuer, jwksURI: url)
    }
}
