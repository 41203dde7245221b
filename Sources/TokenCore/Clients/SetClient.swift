/// Changes what a client may do, the format of its access tokens, and the limits of its sessions.
///
/// Scope and permissions concern what it asks for from then on: an open session keeps its scope. An idle lifetime and a
/// retry window concern open sessions too. See ``RotationPolicy/policy(for:)``.
package struct SetClient: Command {
    package var id: ClientID
    package var settings: ClientSettings

    package enum Outcome: Sendable, Equatable {
        case set(ClientRecord)
        case notFound
        case invalid(ClientSettings.Mistake)
    }

    package init(_ id: ClientID, to settings: ClientSettings) {
        self.id = id
        self.settings = settings
    }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.clients) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard let client = try transaction.client(id) else { return .notFound }
        let changed: ClientRecord
        do { changed = try settings.applied(to: client, transaction.rules.rotation.policy) } catch {
            return .invalid(error)
        }
        if changed != client {
            transaction.save(changed)
            transaction.record(
                EventRecord(.clientChanged, at: transaction.now, client: id, detail: changed.differences(from: client)))
        }
        return .set(changed)
    }
}

extension ClientRecord {
    /// The settings that differ from another record's, for the audit trail.
    fileprivate func differences(from other: ClientRecord) -> String {
        func seconds(_ limit: Int?) -> String { limit.map { "\($0) s" } ?? "the service's" }
        var differences: [String] = []
        if allowedScope != other.allowedScope { differences.append("scope: \(allowedScope?.description ?? "any")") }
        if permissions != other.permissions {
            differences.append("permissions: " + permissionNames.joined(separator: " "))
        }
        if accessTokenFormat != other.accessTokenFormat {
            differences.append("access tokens: \(accessTokenFormat.rawValue)")
        }
        if limits.idleLifetimeSeconds != other.limits.idleLifetimeSeconds {
            differences.append("idle lifetime: \(seconds(limits.idleLifetimeSeconds))")
        }
        if limits.absoluteLifetimeSeconds != other.limits.absoluteLifetimeSeconds {
            differences.append("absolute lifetime: \(seconds(limits.absoluteLifetimeSeconds))")
        }
        if limits.retryWindowSeconds != other.limits.retryWindowSeconds {
            differences.append("retry window: \(seconds(limits.retryWindowSeconds))")
        }
        if requiresProof != other.requiresProof {
            differences.append("proofs: \(requiresProof ? "demanded" : "not demanded")")
        }
        return differences.joined(separator: "; ")
    }
}
