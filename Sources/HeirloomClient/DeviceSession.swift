public import Foundation

/// A session of the signed-in subject, on this device or on another one.
public struct DeviceSession: Sendable, Equatable {
    /// The id of the session.
    public let id: String
    /// The client that holds it.
    public let clientID: String
    /// The name of the device that was given at the login; nil if none was given.
    public let device: String?
    /// The IP address of its login; nil if it is unknown.
    public let address: String?
    /// When it was opened.
    public let createdAt: Date
    /// When it was last refreshed.
    public let lastUsedAt: Date
    /// When it expires unless it is refreshed.
    public let expiresAt: Date
    /// Whether it is the session of this client.
    public let isCurrent: Bool
}
