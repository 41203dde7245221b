import StrictCoding
import TokenVerifier

/// Asks providers what they publish, and compares it with what is configured: for an operator.
package struct ProviderCheck: Sendable {
    private let client: UpstreamClient

    package init(_ transport: any UpstreamTransport) { client = UpstreamClient(transport) }

    /// What is wrong with a provider's configuration or with the provider, a clause each; empty when nothing is.
    package func findings(on provider: Provider) async -> [String] {
        let url = ProviderMetadata.url(of: provider.issuer)
        let metadata: ProviderMetadata
        do {
            let answer = try await client.get(UpstreamRequest(.metadata, of: provider, url: url))
            metadata = try ProviderMetadata(answer.body, of: provider)
        } catch let mistake as ProviderMetadata.Mistake {
            return ["\(mistake)"]
        } catch {
            return ["\(url) cannot be read: \(ProviderCheck.reason(error))"]
        }
        return differences(between: provider, and: metadata) + (await keyFindings(provider, metadata))
    }

    private func differences(between provider: Provider, and metadata: ProviderMetadata) -> [String] {
        var findings: [String] = []
        if let published = metadata.algorithms, provider.algorithms(published: published).isEmpty {
            findings.append(
                "you configured algorithms \(ProviderCheck.list(provider.algorithms.map(\.rawValue))), and the "
                    + "provider signs with \(ProviderCheck.list(published))")
        }
        let method = provider.clientAuthentication.method
        // Without a list it is client_secret_basic (OpenID Connect Discovery 1.0 §3).
        let accepted = metadata.authenticationMethods ?? [ClientAuthentication.Method.basic.rawValue]
        let sent = method == .apple ? ClientAuthentication.Method.post.rawValue : method.rawValue
        if method != .none, !accepted.contains(where: sent.isExactly) {
            findings.append(
                "you configured clientAuthentication \(method.rawValue), and the provider accepts "
                    + ProviderCheck.list(accepted))
        }
        return findings
    }

    private func keyFindings(_ provider: Provider, _ metadata: ProviderMetadata) async -> [String] {
        do {
            let answer = try await client.get(UpstreamRequest(.keys, of: provider, url: metadata.jwksURI))
            let keys = try await VerificationKeys(
                foreign: answer.body, algorithms: provider.algorithms.map(\.rawValue))
            return keys.count > 0 ? [] : ["\(metadata.jwksURI) has no key for the configured algorithms"]
        } catch {
            return ["\(metadata.jwksURI) cannot be read: \(ProviderCheck.reason(error))"]
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case UpstreamFailure.unreachable: "no connection"
        case UpstreamFailure.timeout: "no answer in time"
        case UpstreamFailure.serverError: "the server fails"
        case UpstreamFailure.status: "the answer is not 200"
        case UpstreamFailure.tooLarge: "the answer is too long"
        case UpstreamFailure.mediaType: "the answer is not JSON"
        default: "the answer is not what it must be"
        }
    }

    /// Names as a message shows them.
    private static func list(_ names: [String]) -> String {
        names.filter { $0.utf8.count <= 40 && $0.utf8.allSatisfy { (0x21..<0x7F).contains($0) } }
            .prefix(12).joined(separator: ", ")
    }
}
