import Testing
import TokenCore
import TokenHTTP

struct LoginReceiptsTests {
    private let key = MasterKey(bytes: [UInt8](repeating: 1, count: 32))
    private let other = MasterKey(bytes: [UInt8](repeating: 2, count: 32))
    private let id = SessionID("01890a5d-ac96-774b-bcce-b302099a8057")

    @Test func `a receipt names the session that it was made for`() throws {
        let (key, other, id) = (try #require(key), try #require(other), try #require(id))
        let receipts = LoginReceipts(MasterKeyRing(current: key))
        let receipt = receipts.receipt(of: id)
        #expect(receipts.session(of: receipt) == id)
        #expect(LoginReceipts(MasterKeyRing(current: other, previous: [key])).session(of: receipt) == id)
        #expect(LoginReceipts(MasterKeyRing(current: other)).session(of: receipt) == nil)
    }

    @Test func `other text is no receipt`() throws {
        let receipts = LoginReceipts(MasterKeyRing(current: try #require(key)))
        let id = try #require(id)
        let receipt = receipts.receipt(of: id)
        let code = receipt.dropFirst(id.description.utf8.count + 1)
        let moved = "01890a5d-ac96-774b-bcce-b302099a8058.\(code)"
        for text in ["", ".", "\(id)", "\(id).", ".\(code)", "\(receipt).", "\(receipt)A", "\(receipt.dropLast())"] {
            #expect(receipts.session(of: text) == nil, "\(text)")
        }
        #expect(receipts.session(of: moved) == nil)
    }
}
