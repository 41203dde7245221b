import Foundation
import Testing
import TokenPages

@Suite("Accent colour")
struct AccentColorTests {
    @Test(
        "the contrast is that of WCAG 2.1",
        arguments: [
            ("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48),
            ("#0000ff", "#ffffff", 8.59), ("#ff0000", "#000000", 5.25),
        ])
    func contrast(one: String, other: String, ratio: Double) throws {
        let (one, other) = (try #require(RGBColor(one)), try #require(RGBColor(other)))
        #expect(abs(one.contrast(with: other) - ratio) < 0.005)
        #expect(one.contrast(with: other) == other.contrast(with: one))
    }

    @Test("every colour that is accepted can be read in both themes, and so can the text on it")
    func acceptedColorsAreReadable() throws {
        var accepted = 0
        for red in stride(from: 0, through: 255, by: 15) {
            for green in stride(from: 0, through: 255, by: 15) {
                for blue in stride(from: 0, through: 255, by: 15) {
                    let text = "#" + [red, green, blue].map { String(0x100 + $0, radix: 16).suffix(2) }.joined()
                    let color = try #require(RGBColor(text))
                    guard let accent = try? AccentColor(color) else { continue }
                    accepted += 1
                    #expect(accent.light.accent.description == text)
                    for shade in [accent.light, accent.dark] {
                        let contrasts = (shade.backgrounds + [shade.text]).map { shade.accent.contrast(with: $0) }
                        #expect(contrasts.allSatisfy { $0 >= 4.5 }, "\(text): \(contrasts)")
                    }
                }
            }
        }
        #expect(accepted > 1000)
    }

    @Test("the backgrounds are those of the style sheet")
    func backgroundsAreThoseOfTheStyleSheet() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let sheet = try String(
            contentsOf: root.appending(path: "Sources/TokenPages/Templates/style.css"), encoding: .utf8)
        let accent = try AccentColor(try #require(RGBColor("#1d6b57")))
        for shade in [accent.light, accent.dark] {
            let (paper, card) = (shade.backgrounds[0], shade.backgrounds[1])
            #expect(sheet.contains("--paper: \(paper); --card: \(card);"))
        }
    }
}
