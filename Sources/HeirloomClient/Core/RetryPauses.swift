/// How long a client waits before it sends a request again.
enum RetryPauses {
    /// How often a request is sent within one call.
    static let tries = 5
    /// The longest pause within a call. For a longer one the call fails, and a later call sends the request.
    static let longest = Duration.seconds(8)

    /// The pause after so many requests of a call that the service did not serve.
    static func after(tries: Int) -> Duration { .seconds(1 << min(max(tries - 1, 0), 3)) }

    /// The pause after so many presentations of one refresh token that may all have arrived, over all calls and
    /// processes.
    ///
    /// A service accepts `maxRetries` repetitions, 10 by default, and takes the next one for the reuse of a stolen
    /// token. The first pauses fit into its retry window, 60 s by default. The later ones grow so that only a network
    /// that delivers requests and loses their answers for the whole lifetime of a session leads to a twelfth
    /// presentation.
    static func after(presentations: Int) -> Duration {
        let seconds = [0, 1, 2, 4, 8, 20, 600, 3600, 21_600, 86_400, 86_400]
        return .seconds(presentations < seconds.count ? seconds[max(0, presentations)] : 90 * 86_400)
    }
}
