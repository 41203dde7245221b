import Foundation

/// A colour of the sRGB space.
package struct RGBColor: Sendable, Hashable, CustomStringConvertible {
    let red: UInt8
    let green: UInt8
    let blue: UInt8

    static let black = RGBColor(red: 0, green: 0, blue: 0)
    static let white = RGBColor(red: 255, green: 255, blue: 255)

    private init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// - Returns: nil for a text that is not `#` and six hexadecimal digits.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 7, bytes[0] == UInt8(ascii: "#") else { return nil }
        let digits = bytes.dropFirst().compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 6 else { return nil }
        self.init(
            red: UInt8(16 * digits[0] + digits[1]), green: UInt8(16 * digits[2] + digits[3]),
            blue: UInt8(16 * digits[4] + digits[5]))
    }

    package var description: String {
        "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The ratio of the luminances of two colours, from 1 to 21 (WCAG 2.1, contrast ratio).
    package func contrast(with other: RGBColor) -> Double {
        let (darker, lighter) = (min(luminance, other.luminance), max(luminance, other.luminance))
        return (lighter + 0.05) / (darker + 0.05)
    }

    /// This colour with a share of another one, from 0 to 1.
    package func mixed(with other: RGBColor, share: Double) -> RGBColor {
        func mix(_ own: UInt8, _ foreign: UInt8) -> UInt8 {
            UInt8((Double(own) * (1 - share) + Double(foreign) * share).rounded())
        }
        return RGBColor(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    /// WCAG 2.1, relative luminance.
    private var luminance: Double {
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    private func linear(_ channel: UInt8) -> Double {
        let value = Double(channel) / 255
        return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
}
