#pragma once
#include "Dispatch.h"
#include "RandomStream.h"

/// The four words of a block: Philox4x32 with ten rounds (Salmon et al., SC 2011, section 4).
HK_INLINE void hk_philox(uint32_t block, const hk_random_stream *stream, uint32_t *words) {
  uint32_t x0 = block, x1 = stream->counter1, x2 = stream->counter2, x3 = stream->counter3;
  uint32_t key0 = stream->key0, key1 = stream->key1;
  for (int round = 0; round < 10; round++) {
    const uint64_t first = (uint64_t)x0 * 0xD2511F53u, second = (uint64_t)x2 * 0xCD9E8D57u;
    x0 = (uint32_t)(second >> 32) ^ x1 ^ key0;
    x1 = (uint32_t)second;
    x2 = (uint32_t)(first >> 32) ^ x3 ^ key1;
    x3 = (uint32_t)first;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  words[0] = x0, words[1] = x1, words[2] = x2, words[3] = x3;
}
