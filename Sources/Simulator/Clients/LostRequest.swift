import HeirloomClient
import TokenCore

/// A request that the network has lost, and may deliver later.
struct LostRequest {
    let request: ClientRequest
    let device: Int
    let sentAt: Timestamp
}
