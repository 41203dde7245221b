import Testing
import TokenHTTP

struct IssuerTests {
    @Test(arguments: [
        ("https://id.example", "https://id.example/login", ""), ("https://id.example/", "https://id.example/login", ""),
        ("https://id.example/tenant", "https://id.example/tenant/login", "/tenant"),
        ("https://id.example/tenant/", "https://id.example/tenant/login", "/tenant"),
        ("http://localhost:8080", "http://localhost:8080/login", ""),
    ])
    func `a slash at the end changes no URL`(identifier: String, login: String, path: String) {
        let issuer = Issuer(identifier)
        #expect(issuer.identifier == identifier && issuer.url("/login") == login)
        #expect(
            issuer.metadataPaths == [
                "/.well-known/oauth-authorization-server" + path, "/.well-known/openid-configuration" + path,
                path + "/.well-known/openid-configuration", "/.well-known/openid-configuration",
            ])
    }
}
