import StrictCoding

/// What a refresh sends, and a logout.
struct RefreshForm {
    let refreshToken: String
    let clientID: String

    var body: [UInt8] {
        JSONWriter.object { json in
            json.member("refresh_token", refreshToken)
            json.member("client_id", clientID)
        }
    }
}
