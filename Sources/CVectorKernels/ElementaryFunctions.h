#pragma once
#include <stdint.h>

#include "Dispatch.h"

HK_INLINE float hk_from_bits(uint32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

HK_INLINE uint32_t hk_bits(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// exp(x) = 2^n e^r with |r| <= ln(2)/2; e^r by a minimax polynomial (relative error 3e-9).
HK_INLINE float hk_exp(float x) {
  // Comparisons are written so that NaN passes both.
  float y = x < -105.0f ? -105.0f : x;
  y = y > 89.0f ? 89.0f : y;
  // Adding 1.5 * 2^23 leaves the nearest integer in the low bits of the significand.
  const float magic = 12582912.0f;
  float shifted = y * 1.44269504088896341f + magic;
  float n = shifted - magic;
  // ln 2 in two parts, the first with so few bits that its product with n is exact.
  float r = y - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 0.0013814320554956794f;
  p = p * r + 0.008368851616978645f;
  p = p * r + 0.041668400168418884f;
  p = p * r + 0.1666651964187622f;
  p = p * r + 0.4999999403953552f;
  p = p * (r * r) + r;
  p = p + 1.0f;
  // Two factors, each a normal number, so that results down to denormals and up to overflow hold.
  int32_t exponent = (int32_t)(hk_bits(shifted) - hk_bits(magic));
  int32_t half = exponent >> 1;
  float first = hk_from_bits((uint32_t)(half + 127) << 23);
  float second = hk_from_bits((uint32_t)(exponent - half + 127) << 23);
  return p * first * second;
}

/// 1 / d for d in [1, 2] to one unit in the last place: two steps of Newton's method from a
/// quadratic, a third of the time of a vector division.
HK_INLINE float hk_reciprocal_of_1_to_2(float d) {
  float r = 2.1212121f + d * (-1.4545455f + d * 0.32323232f);
  r = r + r * (1.0f - d * r);
  return r + r * (1.0f - d * r);
}

/// 1 / (1 + exp(-x)), relative accuracy kept in both tails.
HK_INLINE float hk_sigmoid(float x) {
  float e = hk_exp(-__builtin_fabsf(x));
  float numerator = x >= 0.0f ? 1.0f : e;
  return numerator * hk_reciprocal_of_1_to_2(1.0f + e);
}

/// tanh: an odd minimax polynomial near 0 (relative error 7e-9), exp elsewhere.
HK_INLINE float hk_tanh(float x) {
  float magnitude = __builtin_fabsf(x);
  float t = x * x;
  float p = -0.005515161901712418f;
  p = p * t + 0.020469417795538902f;
  p = p * t + -0.05368802323937416f;
  p = p * t + 0.1333083063364029f;
  p = p * t + -0.3333325982093811f;
  float near = x + x * (t * p);
  float far = 1.0f - 2.0f / (hk_exp(2.0f * magnitude) + 1.0f);
  far = __builtin_copysignf(far, x);
  return magnitude < 0.63f ? near : far;
}

HK_INLINE float hk_maximum(float a, float b) { return ((a < b) | (b != b)) ? b : a; }
HK_INLINE float hk_minimum(float a, float b) { return ((b < a) | (b != b)) ? b : a; }

/// Both values are arguments, so that both are loaded and the loop has no branch.
HK_INLINE float hk_select(float condition, float b, float c) { return condition != 0 ? b : c; }
