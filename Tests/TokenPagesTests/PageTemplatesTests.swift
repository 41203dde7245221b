import Testing
import TokenPages

struct PageTemplatesTests {
    @Test(arguments: ["Heirloom", "Acme & Söhne {{text.signIn}}"])
    func `every template of every language can be parsed`(name: String) throws {
        try Pages.parseTemplates(with: Branding(name: name, logo: nil, accent: nil))
    }
}
