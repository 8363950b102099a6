#pragma once

/// Sets all elements.
void hk_fill(float *dst, long count, float value);

/// dst += scale * src
void hk_add_scaled(float *dst, const float *src, long count, float scale);
