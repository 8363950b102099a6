/// A value in a line of the event log.
public enum EventValue: Sendable {
  /// Nothing, where a value is not known.
  case null

  /// A whole number.
  case integer(Int)

  /// A number, printed with as many digits as restore it.
  case number(Double)

  /// A single-precision number, printed with as many digits as restore it in that precision.
  case float(Float)

  /// A text.
  case string(String)

  /// True or false.
  case boolean(Bool)

  /// Values in a row.
  case array([EventValue])

  /// Named values in the order given.
  case object([(String, EventValue)])
}

extension EventValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
  /// Makes a whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }

  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }

  /// Makes a text.
  public init(stringLiteral value: String) { self = .string(value) }

  /// Makes a truth value.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }

  /// Makes an array.
  public init(arrayLiteral elements: EventValue...) { self = .array(elements) }
}
