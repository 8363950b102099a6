#pragma once

/// Sets all elements.
void hk_fill(float *dst, long count, float value);

/// dst += scale * src
void hk_add_scaled(float *dst, const float *src, long count, float scale);

/// dst = factor * dst
void hk_scale(float *dst, long count, float factor);

/// dst = a - b
void hk_subtract(float *dst, const float *a, const float *b, long count);
