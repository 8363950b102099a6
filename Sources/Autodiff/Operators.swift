extension Value {
  /// The element-wise sum.
  public static func + (x: Value, y: Value) -> Value { apply(.add, x, y) }
  /// The element-wise difference.
  public static func - (x: Value, y: Value) -> Value { apply(.subtract, x, y) }
  /// The element-wise product.
  public static func * (x: Value, y: Value) -> Value { apply(.multiply, x, y) }
  /// The element-wise quotient.
  public static func / (x: Value, y: Value) -> Value { apply(.divide, x, y) }
  /// The element-wise negation.
  public static prefix func - (x: Value) -> Value { apply(.negate, x) }

  /// Adds a number to every element.
  public static func + (x: Value, y: Float) -> Value { x + x.graph.constant(y, x.shape) }
  /// Adds a number to every element.
  public static func + (x: Float, y: Value) -> Value { y + x }
  /// Subtracts a number from every element.
  public static func - (x: Value, y: Float) -> Value { x - x.graph.constant(y, x.shape) }
  /// Subtracts every element from a number.
  public static func - (x: Float, y: Value) -> Value { y.graph.constant(x, y.shape) - y }
  /// Multiplies every element by a number.
  public static func * (x: Value, y: Float) -> Value { x * x.graph.constant(y, x.shape) }
  /// Multiplies every element by a number.
  public static func * (x: Float, y: Value) -> Value { y * x }
  /// Divides every element by a number.
  public static func / (x: Value, y: Float) -> Value { x / x.graph.constant(y, x.shape) }
  /// Divides a number by every element.
  public static func / (x: Float, y: Value) -> Value { y.graph.constant(x, y.shape) / y }
}

/// The exponential function of every element.
public func exp(_ x: Value) -> Value { apply(.exp, x) }
/// The natural logarithm of every element.
public func log(_ x: Value) -> Value { apply(.log, x) }
/// The sine of every element.
public func sin(_ x: Value) -> Value { apply(.sin, x) }
/// The cosine of every element.
public func cos(_ x: Value) -> Value { apply(.cos, x) }
/// The hyperbolic tangent of every element.
public func tanh(_ x: Value) -> Value { apply(.tanh, x) }
/// The logistic function `1 / (1 + exp(-x))` of every element.
public func sigmoid(_ x: Value) -> Value { apply(.sigmoid, x) }
/// The square root of every element.
public func sqrt(_ x: Value) -> Value { apply(.sqrt, x) }
/// `1 / sqrt(x)` of every element.
public func reciprocalSqrt(_ x: Value) -> Value { apply(.reciprocalSqrt, x) }
/// `1 / x` of every element.
public func reciprocal(_ x: Value) -> Value { apply(.reciprocal, x) }
/// The magnitude of every element.
public func absolute(_ x: Value) -> Value { apply(.absolute, x) }
/// The square of every element.
public func square(_ x: Value) -> Value { x * x }
/// The larger of each pair of elements.
public func maximum(_ x: Value, _ y: Value) -> Value { apply(.maximum, x, y) }
/// The smaller of each pair of elements.
public func minimum(_ x: Value, _ y: Value) -> Value { apply(.minimum, x, y) }
/// 1 where `x < y`, otherwise 0.
public func less(_ x: Value, _ y: Value) -> Value { apply(.less, x, y) }
/// 1 where `x <= y`, otherwise 0.
public func lessOrEqual(_ x: Value, _ y: Value) -> Value { apply(.lessOrEqual, x, y) }
/// 1 where `x == y`, otherwise 0.
public func equal(_ x: Value, _ y: Value) -> Value { apply(.equal, x, y) }
