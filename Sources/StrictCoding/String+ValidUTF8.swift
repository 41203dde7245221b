extension String {
    /// Text from outside; nil for bytes that are not valid UTF-8.
    init?(validUTF8 bytes: ArraySlice<UInt8>) {
        // Most text is ASCII. The general initializer looks generic types up at each call, which costs more than this.
        if bytes.reduce(0, |) < 0x80 {
            self.init(decoding: bytes, as: UTF8.self)
        } else {
            self.init(validating: bytes, as: UTF8.self)
        }
    }
}
