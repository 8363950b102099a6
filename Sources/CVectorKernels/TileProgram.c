#include "TileProgram.h"

#include <math.h>

#include "Dispatch.h"
#include "ElementaryFunctions.h"

#define HK_CASE(OPERATION, EXPRESSION)              \
  case OPERATION:                                   \
    HK_VECTORIZE for (long j = 0; j < length; j++)  \
      dst[j] = (EXPRESSION);                        \
    break;

// libm's functions, one element at a time; the loop pragma would only draw a warning.
#define HK_SCALAR_CASE(OPERATION, EXPRESSION)       \
  case OPERATION:                                   \
    for (long j = 0; j < length; j++)               \
      dst[j] = (EXPRESSION);                        \
    break;

HK_MULTIVERSION
void hk_execute(const hk_instruction *code, int count, float *const *registers, long length) {
  for (int step = 0; step < count; step++) {
    const float i = code[step].immediate;
    float *dst = registers[code[step].dst];
    const float *a = registers[code[step].a];
    const float *b = registers[code[step].b];
    const float *c = registers[code[step].c];
    switch (code[step].op) {
      HK_CASE(HK_COPY, a[j])
      HK_CASE(HK_FILL, i)
      HK_CASE(HK_NEGATE, -a[j])
      HK_CASE(HK_ABSOLUTE, __builtin_fabsf(a[j]))
      HK_CASE(HK_SIGN, a[j] > 0 ? 1.0f : a[j] < 0 ? -1.0f : a[j] == 0 ? 0.0f : a[j])
      HK_CASE(HK_FLOOR, __builtin_elementwise_floor(a[j]))
      HK_CASE(HK_SQUARE, a[j] * a[j])
      HK_CASE(HK_SQRT, __builtin_elementwise_sqrt(a[j]))
      HK_CASE(HK_RSQRT, 1.0f / __builtin_elementwise_sqrt(a[j]))
      HK_CASE(HK_RECIPROCAL, 1.0f / a[j])
      HK_CASE(HK_EXP, hk_exp(a[j]))
      HK_SCALAR_CASE(HK_LOG, logf(a[j]))
      // Fourier features reach arguments of thousands: reduced in double precision.
      HK_SCALAR_CASE(HK_SIN, (float)sin((double)a[j]))
      HK_SCALAR_CASE(HK_COS, (float)cos((double)a[j]))
      HK_CASE(HK_TANH, hk_tanh(a[j]))
      HK_CASE(HK_SIGMOID, hk_sigmoid(a[j]))
      HK_CASE(HK_ADD, a[j] + b[j])
      HK_CASE(HK_SUBTRACT, a[j] - b[j])
      HK_CASE(HK_MULTIPLY, a[j] * b[j])
      HK_CASE(HK_DIVIDE, a[j] / b[j])
      HK_CASE(HK_MAXIMUM, hk_maximum(a[j], b[j]))
      HK_CASE(HK_MINIMUM, hk_minimum(a[j], b[j]))
      HK_CASE(HK_LESS, a[j] < b[j] ? 1.0f : 0.0f)
      HK_CASE(HK_LESS_EQUAL, a[j] <= b[j] ? 1.0f : 0.0f)
      HK_CASE(HK_EQUAL, a[j] == b[j] ? 1.0f : 0.0f)
      HK_CASE(HK_SELECT, hk_select(a[j], b[j], c[j]))
      HK_CASE(HK_MULTIPLY_ADD, a[j] * b[j] + c[j])
      HK_CASE(HK_MULTIPLY_SUBTRACT, a[j] * b[j] - c[j])
      HK_CASE(HK_NEGATED_MULTIPLY_ADD, c[j] - a[j] * b[j])
      HK_CASE(HK_ADD_IMMEDIATE, a[j] + i)
      HK_CASE(HK_SUBTRACT_FROM_IMMEDIATE, i - a[j])
      HK_CASE(HK_MULTIPLY_IMMEDIATE, a[j] * i)
      HK_CASE(HK_DIVIDE_IMMEDIATE, a[j] / i)
      HK_CASE(HK_DIVIDE_INTO_IMMEDIATE, i / a[j])
      HK_CASE(HK_MAXIMUM_IMMEDIATE, hk_maximum(a[j], i))
      HK_CASE(HK_MINIMUM_IMMEDIATE, hk_minimum(a[j], i))
      HK_CASE(HK_LESS_IMMEDIATE, a[j] < i ? 1.0f : 0.0f)
      HK_CASE(HK_LESS_EQUAL_IMMEDIATE, a[j] <= i ? 1.0f : 0.0f)
      HK_CASE(HK_GREATER_IMMEDIATE, a[j] > i ? 1.0f : 0.0f)
      HK_CASE(HK_GREATER_EQUAL_IMMEDIATE, a[j] >= i ? 1.0f : 0.0f)
      HK_CASE(HK_EQUAL_IMMEDIATE, a[j] == i ? 1.0f : 0.0f)
      HK_CASE(HK_MULTIPLY_IMMEDIATE_ADD, a[j] * i + b[j])
      case HK_OPERATION_COUNT:
        __builtin_trap();
    }
  }
}
