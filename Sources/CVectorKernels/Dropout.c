#include "Dropout.h"

// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
static void philox(uint32_t counter[4], uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; round++) {
    uint64_t first = (uint64_t)0xD2511F53u * counter[0];
    uint64_t second = (uint64_t)0xCD9E8D57u * counter[2];
    counter[0] = (uint32_t)(second >> 32) ^ counter[1] ^ key0;
    counter[1] = (uint32_t)second;
    counter[2] = (uint32_t)(first >> 32) ^ counter[3] ^ key1;
    counter[3] = (uint32_t)first;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

void hk_dropout_mask(float *out, long count, uint32_t key0, uint32_t key1, uint32_t site,
                     float rate) {
  double threshold = (double)rate * 4294967296.0;
  float kept = 1.0f / (1.0f - rate);
  for (long i = 0; i < count; i += 4) {
    uint32_t words[4] = {(uint32_t)(i / 4), site, 0, 0};
    philox(words, key0, key1);
    for (long j = i; j < i + 4 && j < count; j++)
      out[j] = (double)words[j - i] < threshold ? 0.0f : kept;
  }
}
