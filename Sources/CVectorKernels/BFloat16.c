#include "BFloat16.h"

#include "Dispatch.h"
#include "ElementaryFunctions.h"

HK_MULTIVERSION
void hk_pack_bfloat16(uint16_t *dst, const float *src, long count) {
  HK_VECTORIZE for (long j = 0; j < count; j++) {
    const uint32_t bits = hk_bits(src[j]);
    const uint32_t rounded = bits + 0x7FFF + ((bits >> 16) & 1);
    // Rounding could carry a NaN's payload into infinity; a quiet NaN keeps its sign only.
    const uint32_t quiet = bits | 0x400000;
    dst[j] = (uint16_t)(((bits & 0x7FFFFFFF) > 0x7F800000 ? quiet : rounded) >> 16);
  }
}

HK_MULTIVERSION
void hk_unpack_bfloat16(float *dst, const uint16_t *src, long count) {
  HK_VECTORIZE for (long j = 0; j < count; j++) dst[j] = hk_from_bits((uint32_t)src[j] << 16);
}
