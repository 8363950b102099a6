#pragma once
#include <stdint.h>

#include "RandomStream.h"

/// Rounds to bfloat16, to the nearest even; NaN stays NaN.
void hk_pack_bfloat16(uint16_t *dst, const float *src, long count);

/// Rounds to one of the two neighbouring bfloat16, the further one with the probability by which
/// the value lies towards it, so that the mean is the value. What is a bfloat16 stays as it is,
/// infinities included; NaN stays NaN.
///
/// Element e = first + j adds 16 bits of the stream to the 16 that are cut off: those of word
/// (e / 32) % 4 in block e / 128 * 16 + e % 16, the upper half if e / 16 is odd.
void hk_pack_bfloat16_stochastic(uint16_t *dst, const float *src, long first, long count,
                                 const hk_random_stream *stream);

/// Widens bfloat16 exactly.
void hk_unpack_bfloat16(float *dst, const uint16_t *src, long count);
