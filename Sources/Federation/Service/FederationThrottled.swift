/// Too many attempts came from an address.
package struct FederationThrottled: Error, Sendable {
    package let retryAfterSeconds: Int
}
