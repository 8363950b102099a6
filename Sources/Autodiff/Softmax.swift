/// The softmax along one axis, stable against overflow.
///
/// A function over primitives: its derivatives of any order come from theirs.
public func softmax(_ x: Value, axis: Int) -> Value {
  let exponentials = exp(x - x.constantMaximum([axis]).broadcast(to: x.shape))
  return exponentials / exponentials.sum([axis])
}

/// The logarithm of the softmax along one axis, stable against overflow and underflow.
public func logSoftmax(_ x: Value, axis: Int) -> Value {
  let shifted = x - x.constantMaximum([axis]).broadcast(to: x.shape)
  return shifted - log(exp(shifted).sum([axis]))
}
