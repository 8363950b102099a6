#include "Dropout.h"

#include <math.h>

#include "Dispatch.h"
#include "Philox.h"

typedef struct {
  hk_random_stream stream;
  uint32_t threshold;
  float kept;
} hk_dropout;

HK_INLINE float hk_mask_value(uint32_t word, const hk_dropout *d) {
  return word < d->threshold ? 0.0f : d->kept;
}

HK_INLINE float hk_mask_element(long element, const hk_dropout *d) {
  uint32_t words[4];
  hk_philox((uint32_t)(element / 4), &d->stream, words);
  return hk_mask_value(words[element % 4], d);
}

/// Writes the four elements of block `first / 4 + j * blockStride`, element k of it at
/// `mask[j * step + k * distance]`, for sixteen j.
HK_INLINE void hk_mask_blocks(float *mask, long first, long blockStride, long step, long distance,
                              const hk_dropout *d) {
  float columns[4][16];
  HK_VECTORIZE for (int j = 0; j < 16; j++) {
    uint32_t words[4];
    hk_philox((uint32_t)(first / 4 + j * blockStride), &d->stream, words);
    columns[0][j] = hk_mask_value(words[0], d);
    columns[1][j] = hk_mask_value(words[1], d);
    columns[2][j] = hk_mask_value(words[2], d);
    columns[3][j] = hk_mask_value(words[3], d);
  }
  for (int k = 0; k < 4; k++)
    for (int j = 0; j < 16; j++) mask[j * step + k * distance] = columns[k][j];
}

HK_INLINE hk_dropout hk_dropout_settings(uint32_t key0, uint32_t key1, uint32_t site, float rate) {
  // word / 2^32 < rate, as a comparison of integers.
  return (hk_dropout){{key0, key1, site, 0, 0}, (uint32_t)ceil((double)rate * 0x1p32),
                      (float)(1 / (1 - (double)rate))};
}

HK_MULTIVERSION
void hk_dropout_mask(float *out, long count, uint32_t key0, uint32_t key1, uint32_t site,
                     float rate) {
  const hk_dropout d = hk_dropout_settings(key0, key1, site, rate);
  long e = 0;
  for (; e + 64 <= count; e += 64) hk_mask_blocks(out + e, e, 1, 4, 1, &d);
  for (; e < count; e++) out[e] = hk_mask_element(e, &d);
}

HK_MULTIVERSION
void hk_dropout_mask_blocked(float *out, long channels, long area, uint32_t key0, uint32_t key1,
                             uint32_t site, float rate) {
  const hk_dropout d = hk_dropout_settings(key0, key1, site, rate);
  for (long channel = 0; channel < channels; channel += 16, out += area * 16) {
    long p = 0;
    if (area % 4 == 0)
      for (; p < area; p += 4) hk_mask_blocks(out + p * 16, channel * area + p, area / 4, 1, 16, &d);
    for (; p < area; p++)
      for (long lane = 0; lane < 16; lane++)
        out[p * 16 + lane] = hk_mask_element((channel + lane) * area + p, &d);
  }
}
