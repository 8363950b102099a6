#pragma once
#include <stdint.h>

/// Writes the dropout mask of one example: element e is 0 where word e % 4 of the Philox4x32-10
/// block with counter (e / 4, site, 0, 0) is below `rate` times 2^32, otherwise 1 / (1 - rate).
void hk_dropout_mask(float *out, long count, uint32_t key0, uint32_t key1, uint32_t site,
                     float rate);

/// The same mask, counted in the plain [channels, area] order, laid out [channels / 16, area, 16].
void hk_dropout_mask_blocked(float *out, long channels, long area, uint32_t key0, uint32_t key1,
                             uint32_t site, float rate);
