/// The numbers and keys that commands are judged by.
package struct SessionRules: Sendable {
    package let rotation: RotationRule
    /// How long an access token lives, and so how long the feed must name an ended session.
    package let accessTokenLifetimeSeconds: Int

    package init(rotation: RotationRule, accessTokenLifetimeSeconds: Int) {
        self.rotation = rotation
        self.accessTokenLifetimeSeconds = accessTokenLifetimeSeconds
    }
}
