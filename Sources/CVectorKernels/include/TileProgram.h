#pragma once
#include <stdint.h>

/// Element-wise operations of a tile program; `a`, `b`, `c` are operand tiles, `i` the immediate.
typedef enum hk_operation : uint16_t {
  HK_COPY,
  HK_FILL,
  // Unary.
  HK_NEGATE,
  HK_ABSOLUTE,
  HK_SIGN,
  HK_FLOOR,
  HK_SQUARE,
  HK_SQRT,
  HK_RSQRT,
  HK_RECIPROCAL,
  HK_EXP,
  HK_LOG,
  HK_SIN,
  HK_COS,
  HK_TANH,
  HK_SIGMOID,
  // Binary. Comparisons yield 1 or 0; maximum and minimum propagate NaN.
  HK_ADD,
  HK_SUBTRACT,
  HK_MULTIPLY,
  HK_DIVIDE,
  HK_MAXIMUM,
  HK_MINIMUM,
  HK_LESS,
  HK_LESS_EQUAL,
  HK_EQUAL,
  // Ternary.
  HK_SELECT,                 // a != 0 ? b : c
  HK_MULTIPLY_ADD,           // a * b + c
  HK_MULTIPLY_SUBTRACT,      // a * b - c
  HK_NEGATED_MULTIPLY_ADD,   // c - a * b
  // One operand is the immediate.
  HK_ADD_IMMEDIATE,          // a + i
  HK_SUBTRACT_FROM_IMMEDIATE,  // i - a
  HK_MULTIPLY_IMMEDIATE,     // a * i
  HK_DIVIDE_IMMEDIATE,       // a / i
  HK_DIVIDE_INTO_IMMEDIATE,  // i / a
  HK_MAXIMUM_IMMEDIATE,
  HK_MINIMUM_IMMEDIATE,
  HK_LESS_IMMEDIATE,           // a < i
  HK_LESS_EQUAL_IMMEDIATE,     // a <= i
  HK_GREATER_IMMEDIATE,        // a > i
  HK_GREATER_EQUAL_IMMEDIATE,  // a >= i
  HK_EQUAL_IMMEDIATE,
  HK_MULTIPLY_IMMEDIATE_ADD,   // a * i + b
  HK_OPERATION_COUNT,
} hk_operation;

/// One vector instruction over a whole tile; `dst`, `a`, `b`, `c` are register numbers.
typedef struct {
  hk_operation op;
  uint16_t dst, a, b, c;
  uint16_t pad;
  float immediate;
} hk_instruction;

/// Runs `count` instructions over registers of `length` floats each.
///
/// A destination may be the very tile of an operand; tiles must not overlap otherwise.
/// exp, tanh and sigmoid have a relative error below 3e-7 over the full range.
void hk_execute(const hk_instruction *code, int count, float *const *registers, long length);

/// Fills a dense `rows` x `columns` tile from a strided (stride 0: broadcast) operand.
void hk_expand(float *dst, const float *src, long rows, long columns, long rowStride,
               long columnStride);

/// Adds a dense tile into `dst`, whose strides are 0 along reduced axes.
void hk_reduce_sum(float *dst, const float *tile, long rows, long columns, long rowStride,
                   long columnStride);

/// Raises `dst` to the largest element of a dense tile along axes of stride 0; NaN propagates.
void hk_reduce_max(float *dst, const float *tile, long rows, long columns, long rowStride,
                   long columnStride);
