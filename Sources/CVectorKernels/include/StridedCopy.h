#pragma once

/// The largest number of axes that `hk_copy_strided` accepts.
enum { HK_COPY_AXES = 8 };

/// Copies a box between strided memories; strides are in floats, in any order.
///
/// Transpose, slice, pad, concatenation and broadcast (source stride 0) are all this copy.
/// Source and destination must not overlap.
void hk_copy_strided(const float *from, float *to, const long *extents, const long *fromStrides,
                     const long *toStrides, int axes);

/// Row-major [batch, channels, area] to [batch, channels / 16, area, 16].
void hk_block_channels(const float *from, float *to, long batch, long channels, long area);

/// [batch, channels / 16, area, 16] to row-major [batch, channels, area].
void hk_unblock_channels(const float *from, float *to, long batch, long channels, long area);
