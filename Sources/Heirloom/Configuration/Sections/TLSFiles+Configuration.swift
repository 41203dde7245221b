import Foundation
import TokenHTTP

extension TLSFiles {
    /// Nil for a listener without TLS.
    init?(_ reader: inout ConfigurationReader) {
        typealias Key = PublicListener.Options.Key
        for key in [Key.certificateFile, Key.privateKeyFile] {
            if let file = reader.optionalPath(key), !FileManager.default.isReadableFile(atPath: file) {
                reader.refuse(key.path, "\(file) cannot be read")
            }
        }
        switch (reader.optionalPath(Key.certificateFile), reader.optionalPath(Key.privateKeyFile)) {
        case (let certificate?, let privateKey?): self.init(certificate: certificate, privateKey: privateKey)
        case (nil, nil): return nil
        default:
            reader.refuse("http.tls", "expected both certificateFile and privateKeyFile, or neither")
            return nil
        }
    }
}
