/// A transaction failed as a whole, so that no single command of it is the cause.
package struct TransactionFailure: Error, CustomStringConvertible {
    package let cause: any Error

    package init(_ cause: any Error) { self.cause = cause }

    package var description: String { "\(cause)" }
}
