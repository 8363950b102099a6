import Autodiff
import CVectorKernels

/// Where an instruction finds an operand.
enum InstructionOperand {
  case register(Int)
  case immediate(Float)
}

extension ElementwiseFunction {
  /// The vector instructions for the function; a choice between numbers puts them in registers.
  func instructions(
    _ operands: [InstructionOperand], into destination: Int, scratch: () -> Int
  ) -> [hk_instruction] {
    guard case .select = self else { return [instruction(operands, into: destination)] }
    var fills: [hk_instruction] = []
    let registers = operands.map { operand -> InstructionOperand in
      guard let value = operand.number else { return operand }
      let register = scratch()
      fills.append(make(HK_FILL, register, [], value))
      return .register(register)
    }
    return fills + [instruction(registers, into: destination)]
  }

  // The vector instruction for the function, with a number as immediate where it has one.
  private func instruction(_ operands: [InstructionOperand], into destination: Int)
    -> hk_instruction
  {
    switch (self, operands.map(\.register), operands.map(\.number)) {
    case (.copy, let registers, let numbers):
      if let value = numbers[0] { return make(HK_FILL, destination, [], value) }
      return make(HK_COPY, destination, registers)
    case (.unary(let function), let registers, _):
      return make(function.operation, destination, registers)
    case (.select, let registers, _):
      return make(HK_SELECT, destination, registers)
    case (.binary(let function), let registers, let numbers):
      if let second = numbers[1] {
        let (operation, value) = function.operation(second: second)
        return make(operation, destination, [registers[0]], value)
      }
      if let first = numbers[0] {
        let (operation, value) = function.operation(first: first)
        return make(operation, destination, [registers[1]], value)
      }
      return make(function.operation, destination, registers)
    }
  }

  private func make(
    _ operation: hk_operation, _ destination: Int, _ registers: [Int?], _ value: Float = 0
  ) -> hk_instruction {
    let numbers = registers.map { UInt16($0 ?? 0) } + [0, 0, 0]
    return hk_instruction(
      op: operation, dst: UInt16(destination), a: numbers[0], b: numbers[1], c: numbers[2], pad: 0,
      immediate: value)
  }
}

extension MultiplyAdd {
  /// The vector instruction; all operands are in registers.
  func instruction(_ operands: [InstructionOperand], into destination: Int) -> hk_instruction {
    let numbers = operands.map { UInt16($0.register ?? 0) } + [0]
    return hk_instruction(
      op: operation, dst: UInt16(destination), a: numbers[0], b: numbers[1], c: numbers[2], pad: 0,
      immediate: immediate)
  }
}

extension InstructionOperand {
  fileprivate var register: Int? {
    guard case .register(let number) = self else { return nil }
    return number
  }

  fileprivate var number: Float? {
    guard case .immediate(let value) = self else { return nil }
    return value
  }
}

extension UnaryFunction {
  fileprivate var operation: hk_operation {
    switch self {
    case .negate: HK_NEGATE
    case .exp: HK_EXP
    case .log: HK_LOG
    case .sin: HK_SIN
    case .cos: HK_COS
    case .tanh: HK_TANH
    case .sigmoid: HK_SIGMOID
    case .sqrt: HK_SQRT
    case .reciprocalSqrt: HK_RSQRT
    case .reciprocal: HK_RECIPROCAL
    case .absolute: HK_ABSOLUTE
    case .sign: HK_SIGN
    }
  }
}

extension BinaryFunction {
  fileprivate var operation: hk_operation {
    switch self {
    case .add: HK_ADD
    case .subtract: HK_SUBTRACT
    case .multiply: HK_MULTIPLY
    case .divide: HK_DIVIDE
    case .maximum: HK_MAXIMUM
    case .minimum: HK_MINIMUM
    case .less: HK_LESS
    case .lessOrEqual: HK_LESS_EQUAL
    case .equal: HK_EQUAL
    }
  }

  fileprivate func operation(second value: Float) -> (hk_operation, Float) {
    switch self {
    case .add: (HK_ADD_IMMEDIATE, value)
    case .subtract: (HK_ADD_IMMEDIATE, -value)
    case .multiply: (HK_MULTIPLY_IMMEDIATE, value)
    case .divide: (HK_DIVIDE_IMMEDIATE, value)
    case .maximum: (HK_MAXIMUM_IMMEDIATE, value)
    case .minimum: (HK_MINIMUM_IMMEDIATE, value)
    case .less: (HK_LESS_IMMEDIATE, value)
    case .lessOrEqual: (HK_LESS_EQUAL_IMMEDIATE, value)
    case .equal: (HK_EQUAL_IMMEDIATE, value)
    }
  }

  fileprivate func operation(first value: Float) -> (hk_operation, Float) {
    switch self {
    case .add: (HK_ADD_IMMEDIATE, value)
    case .subtract: (HK_SUBTRACT_FROM_IMMEDIATE, value)
    case .multiply: (HK_MULTIPLY_IMMEDIATE, value)
    case .divide: (HK_DIVIDE_INTO_IMMEDIATE, value)
    case .maximum: (HK_MAXIMUM_IMMEDIATE, value)
    case .minimum: (HK_MINIMUM_IMMEDIATE, value)
    case .less: (HK_GREATER_IMMEDIATE, value)
    case .lessOrEqual: (HK_GREATER_EQUAL_IMMEDIATE, value)
    case .equal: (HK_EQUAL_IMMEDIATE, value)
    }
  }
}
