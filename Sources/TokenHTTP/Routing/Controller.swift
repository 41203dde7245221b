/// Answers the requests of a few routes.
package protocol Controller: Sendable {
    /// Adds the controller's routes to a listener's.
    func addRoutes(to routes: inout RouteTable)
}
