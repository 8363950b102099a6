#pragma once
#include <stdint.h>

/// Writes a dropout mask: element i is 0 where word i of the Philox4x32-10 stream with the given
/// key and counter (i / 4, site, 0, 0) is below `rate` times 2^32, otherwise 1 / (1 - rate).
void hk_dropout_mask(float *out, long count, uint32_t key0, uint32_t key1, uint32_t site,
                     float rate);
