/// How many addresses are counted together. The raw value is the multiple of `loginLimits.perAddress` that they may
/// have.
package enum AddressRange: Int, Sendable, CaseIterable {
    /// One host: an IPv4 address, or an IPv6 /64.
    case host = 1
    /// An IPv6 /56, which is what a provider gives a household.
    case site = 4
    /// An IPv6 /48, which is what a provider gives a company.
    case organization = 16
}
