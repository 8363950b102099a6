#pragma once
#include <stdint.h>

/// Rounds to bfloat16, to the nearest even; NaN stays NaN.
void hk_pack_bfloat16(uint16_t *dst, const float *src, long count);

/// Widens bfloat16 exactly.
void hk_unpack_bfloat16(float *dst, const uint16_t *src, long count);
