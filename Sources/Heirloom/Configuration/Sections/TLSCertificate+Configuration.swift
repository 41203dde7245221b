import Foundation
import TokenHTTP

extension TLSCertificate {
    /// Nil for a listener without TLS, and when the files cannot be used, which the reader then has among its mistakes.
    convenience init?(_ reader: inout ConfigurationReader) {
        typealias Key = PublicListener.Options.Key
        switch (reader.optionalPath(Key.certificateFile), reader.optionalPath(Key.privateKeyFile)) {
        case (let certificate?, let privateKey?):
            do {
                try self.init(TLSFiles(certificate: certificate, privateKey: privateKey))
            } catch let error as TLSFiles.Unusable {
                let key = error.file == .certificate ? Key.certificateFile : Key.privateKeyFile
                reader.refuse(key.path, "\(error)")
                return nil
            } catch {
                reader.refuse("http.tls", "\(error)")
                return nil
            }
            if expiry < Int(Date.now.timeIntervalSince1970) {
                reader.warn(Key.certificateFile.path, "\(certificate) has expired")
            }
        case (nil, nil): return nil
        default:
            reader.refuse("http.tls", "expected both certificateFile and privateKeyFile, or neither")
            return nil
        }
    }
}
