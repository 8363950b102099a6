#include "CMPIShims.h"

#include <string.h>

static inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// MARK: bfloat16: the upper half of a float

static inline float widen_bfloat16(uint16_t narrow) { return float_of((uint32_t)narrow << 16); }

static inline uint16_t narrow_bfloat16(float wide) {
  uint32_t bits = bits_of(wide);
  uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  // Rounding could carry a NaN over to infinity; its quiet bit keeps it a NaN.
  uint32_t quiet = (bits >> 16) | 0x40;
  return (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? quiet : rounded);
}

// MARK: float16: 1 sign, 5 exponent, 10 mantissa bits; bias 15 against float's 127

static inline float widen_float16(uint16_t narrow) {
  uint32_t sign = (uint32_t)(narrow & 0x8000) << 16;
  uint32_t magnitude = narrow & 0x7fff;
  uint32_t normal = (magnitude << 13) + ((127 - 15) << 23);
  uint32_t special = (magnitude << 13) | 0x7f800000;
  // Below 2^-14 float16 is a fixed-point number in units of 2^-24.
  uint32_t subnormal = bits_of((float)(int32_t)magnitude * 0x1p-24f);
  uint32_t bits = magnitude < 0x0400 ? subnormal : magnitude < 0x7c00 ? normal : special;
  return float_of(sign | bits);
}

static inline uint16_t narrow_float16(float wide) {
  uint32_t bits = bits_of(wide);
  uint32_t sign = (bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7fffffff;
  uint32_t normal = (magnitude - ((127 - 15) << 23) + 0x0fff + ((magnitude >> 13) & 1)) >> 13;
  // The last place of a float in [0.5, 1) is 2^-24, the unit of float16's
  // subnormals, so that this addition rounds to it.
  uint32_t subnormal = bits_of(float_of(magnitude) + 0.5f) - bits_of(0.5f);
  uint32_t result = magnitude < 0x38800000 ? subnormal : normal;
  // 65520 lies half-way between the largest float16 and the next power of two.
  result = magnitude >= 0x477ff000 ? 0x7c00 : result;
  result = magnitude > 0x7f800000 ? 0x7e00 : result;
  return (uint16_t)(sign | result);
}

void cmpi_narrow(cmpi_format format, const float *wide, uint16_t *narrow, size_t count) {
  if (format == cmpi_bfloat16) {
    for (size_t i = 0; i < count; i++) narrow[i] = narrow_bfloat16(wide[i]);
  } else {
    for (size_t i = 0; i < count; i++) narrow[i] = narrow_float16(wide[i]);
  }
}

void cmpi_widen(cmpi_format format, const uint16_t *narrow, float *wide, size_t count) {
  if (format == cmpi_bfloat16) {
    for (size_t i = 0; i < count; i++) wide[i] = widen_bfloat16(narrow[i]);
  } else {
    for (size_t i = 0; i < count; i++) wide[i] = widen_float16(narrow[i]);
  }
}

// MARK: reductions

// A NaN on either side wins, so that a diverged rank cannot hide behind the others.
static inline float sum(float a, float b) { return a + b; }
static inline float maximum(float a, float b) { return a != a || a > b ? a : b; }
static inline float minimum(float a, float b) { return a != a || a < b ? a : b; }

// Defines an MPI_User_function (MPI 3.1, section 5.9.5).
#define DEFINE_REDUCTION(name, combine, format)                                     \
  static void name(void *in, void *inout, int *count, MPI_Datatype *datatype) {     \
    (void)datatype;                                                                 \
    const uint16_t *a = in;                                                         \
    uint16_t *b = inout;                                                            \
    for (int i = 0; i < *count; i++)                                                \
      b[i] = narrow_##format(combine(widen_##format(a[i]), widen_##format(b[i])));  \
  }

DEFINE_REDUCTION(sum_bfloat16, sum, bfloat16)
DEFINE_REDUCTION(maximum_bfloat16, maximum, bfloat16)
DEFINE_REDUCTION(minimum_bfloat16, minimum, bfloat16)
DEFINE_REDUCTION(sum_float16, sum, float16)
DEFINE_REDUCTION(maximum_float16, maximum, float16)
DEFINE_REDUCTION(minimum_float16, minimum, float16)

static MPI_Op operations[2][3];

int cmpi_create_sixteen_bit_operations(void) {
  MPI_User_function *const functions[2][3] = {
      {sum_bfloat16, maximum_bfloat16, minimum_bfloat16},
      {sum_float16, maximum_float16, minimum_float16},
  };
  for (int format = 0; format < 2; format++)
    for (int combination = 0; combination < 3; combination++) {
      int code = MPI_Op_create(
          functions[format][combination], /* commutes: */ 1, &operations[format][combination]);
      if (code != MPI_SUCCESS) return code;
    }
  return MPI_SUCCESS;
}

MPI_Op cmpi_sixteen_bit_operation(cmpi_format format, cmpi_combination combination) {
  MPI_Op operation = operations[format][combination];
  return operation ? operation : MPI_OP_NULL;
}
