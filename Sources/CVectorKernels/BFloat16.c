#include "BFloat16.h"

#include "Dispatch.h"
#include "ElementaryFunctions.h"
#include "Philox.h"

/// The upper half of a float's bits after an addition to the lower half.
HK_INLINE uint16_t hk_upper_half(uint32_t bits, uint32_t addend) {
  // Rounding could carry a NaN's payload into infinity; a quiet NaN keeps its sign only.
  const uint32_t quiet = bits | 0x400000;
  return (uint16_t)(((bits & 0x7FFFFFFF) > 0x7F800000 ? quiet : bits + addend) >> 16);
}

HK_MULTIVERSION
void hk_pack_bfloat16(uint16_t *dst, const float *src, long count) {
  HK_VECTORIZE for (long j = 0; j < count; j++) {
    const uint32_t bits = hk_bits(src[j]);
    dst[j] = hk_upper_half(bits, 0x7FFF + ((bits >> 16) & 1));
  }
}

// Each block of four words serves eight elements, and sixteen blocks a group of 128, so that
// neighbours in memory take their bits from neighbouring lanes.
enum { HK_GROUP = 128, HK_GROUP_BLOCKS = 16 };

HK_INLINE void hk_group_words(uint32_t words[4][HK_GROUP_BLOCKS], long group,
                              const hk_random_stream *stream) {
  HK_VECTORIZE for (int j = 0; j < HK_GROUP_BLOCKS; j++) {
    uint32_t block[4];
    hk_philox((uint32_t)(group * HK_GROUP_BLOCKS + j), stream, block);
    words[0][j] = block[0];
    words[1][j] = block[1];
    words[2][j] = block[2];
    words[3][j] = block[3];
  }
}

HK_INLINE uint32_t hk_sixteen_bits(uint32_t words[4][HK_GROUP_BLOCKS], long place) {
  return words[place / 32][place % HK_GROUP_BLOCKS] >> (place / 16 % 2 * 16) & 0xFFFF;
}

HK_MULTIVERSION
void hk_pack_bfloat16_stochastic(uint16_t *dst, const float *src, long first, long count,
                                 const hk_random_stream *stream) {
  uint32_t words[4][HK_GROUP_BLOCKS];
  for (long j = 0; j < count;) {
    const long place = (first + j) % HK_GROUP;
    const long length = HK_GROUP - place < count - j ? HK_GROUP - place : count - j;
    hk_group_words(words, (first + j) / HK_GROUP, stream);
    if (length == HK_GROUP) {
      for (int row = 0; row < HK_GROUP / 16; row++) {
        const float *values = src + j + row * 16;
        uint16_t *out = dst + j + row * 16;
        HK_VECTORIZE for (int lane = 0; lane < 16; lane++)
          out[lane] = hk_upper_half(
              hk_bits(values[lane]), words[row / 2][lane] >> (row % 2 * 16) & 0xFFFF);
      }
    } else {
      for (long k = 0; k < length; k++)
        dst[j + k] = hk_upper_half(hk_bits(src[j + k]), hk_sixteen_bits(words, place + k));
    }
    j += length;
  }
}

HK_MULTIVERSION
void hk_unpack_bfloat16(float *dst, const uint16_t *src, long count) {
  HK_VECTORIZE for (long j = 0; j < count; j++) dst[j] = hk_from_bits((uint32_t)src[j] << 16);
}
