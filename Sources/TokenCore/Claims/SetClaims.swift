/// Replaces the claims of a subject. Access tokens carry them from the next refresh on.
package struct SetClaims: Command {
    package var subject: Subject
    /// Nil for none.
    package var claims: Claims?
    /// Whether verifiers that follow the feed refuse the access tokens that are out, so that they are refreshed.
    package var isImmediate: Bool
    package var address: String?

    package enum Subject: Sendable {
        case user(SubjectID)
        /// Created if it is an outside subject that is not known yet.
        case any(SubjectID)

        var id: SubjectID {
            switch self {
            case .user(let id), .any(let id): id
            }
        }
    }

    package enum Outcome: Sendable, Equatable {
        case set(SubjectRecord)
        case notFound
    }

    package init(of subject: Subject, to claims: Claims?, isImmediate: Bool = false, address: String? = nil) {
        self.subject = subject
        self.claims = claims
        self.isImmediate = isImmediate
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) { keys.subjects.insert(subject.id) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard var record = try current(in: &transaction), record.state != .deleted else { return .notFound }
        record.claims = claims
        if record.account == nil {
            // The row of an outside subject with claims stays, or its next session would be without them.
            let lifetime = transaction.rules.rotation.policy.absoluteLifetimeSeconds
            record.expiresAt = claims == nil ? record.expiresAt ?? transaction.now + lifetime : nil
        }
        if isImmediate {
            // A token that was issued within this second before the change has the same `iat` as one after it. So those
            // after it get the next second, and after a further change the one after that.
            let from = max(transaction.now.seconds, record.issuedFrom?.seconds ?? 0) + 1
            record.issuedFrom = Timestamp(seconds: from)
            transaction.publish(.claims(record.id, issuedBefore: Timestamp(seconds: from)))
        }
        transaction.save(record)
        transaction.record(
            EventRecord(
                .claimsChanged, at: transaction.now, subject: record.id, address: address,
                detail: isImmediate ? "at once" : nil))
        return .set(record)
    }

    private func current(in transaction: inout Transaction) throws -> SubjectRecord? {
        let known = try transaction.subject(subject.id)
        switch subject {
        case .user: return known?.account == nil ? nil : known
        case .any(let id):
            guard known == nil, claims != nil, id.isValidOutside else { return known }
            return SubjectRecord(id: id, createdAt: transaction.now)
        }
    }
}
