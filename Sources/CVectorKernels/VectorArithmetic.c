#include "VectorArithmetic.h"

#include "Dispatch.h"

HK_MULTIVERSION
void hk_fill(float *dst, long count, float value) {
  HK_VECTORIZE for (long j = 0; j < count; j++) dst[j] = value;
}

HK_MULTIVERSION
void hk_add_scaled(float *dst, const float *src, long count, float scale) {
  HK_VECTORIZE for (long j = 0; j < count; j++) dst[j] += scale * src[j];
}

HK_MULTIVERSION
void hk_scale(float *dst, long count, float factor) {
  HK_VECTORIZE for (long j = 0; j < count; j++) dst[j] *= factor;
}

HK_MULTIVERSION
void hk_subtract(float *dst, const float *a, const float *b, long count) {
  HK_VECTORIZE for (long j = 0; j < count; j++) dst[j] = a[j] - b[j];
}
