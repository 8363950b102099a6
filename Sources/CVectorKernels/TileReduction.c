#include "Dispatch.h"
#include "ElementaryFunctions.h"
#include "TileProgram.h"

HK_INLINE float hk_sum_of_lanes(const float *v) {
  float half[8], quarter[4];
  for (int j = 0; j < 8; j++) half[j] = v[j] + v[j + 8];
  for (int j = 0; j < 4; j++) quarter[j] = half[j] + half[j + 4];
  return (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
}

/// 64 partial sums: short dependence chains and an error that grows with length / 64.
HK_INLINE float hk_sum_of_block(const float *x, long length) {
  hk_lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  long j = 0;
  for (; j + 64 <= length; j += 64) {
    s0 += HK_LANES(x + j);
    s1 += HK_LANES(x + j + 16);
    s2 += HK_LANES(x + j + 32);
    s3 += HK_LANES(x + j + 48);
  }
  for (; j + 16 <= length; j += 16) s0 += HK_LANES(x + j);
  s0 = (s0 + s1) + (s2 + s3);
  float total = hk_sum_of_lanes((const float *)&s0), rest = 0;
  for (; j < length; j++) rest += x[j];
  return total + rest;
}

/// Blocks of partial sums added in double precision, so that long rows lose nothing either.
HK_INLINE float hk_sum(const float *x, long length) {
  double total = 0;
  for (; length > 4096; length -= 4096, x += 4096) total += hk_sum_of_block(x, 4096);
  return (float)(total + hk_sum_of_block(x, length));
}

/// Sums sixteen adjacent columns over all rows.
HK_INLINE void hk_sum_of_rows(hk_lanes *sum, const float *x, long rows, long columns) {
  hk_lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  long i = 0;
  for (; i + 4 <= rows; i += 4, x += 4 * columns) {
    s0 += HK_LANES(x);
    s1 += HK_LANES(x + columns);
    s2 += HK_LANES(x + 2 * columns);
    s3 += HK_LANES(x + 3 * columns);
  }
  for (; i < rows; i++, x += columns) s0 += HK_LANES(x);
  *sum = (s0 + s1) + (s2 + s3);
}

HK_INLINE void hk_sum_over_rows(float *dst, const float *tile, long rows, long columns,
                                long columnStride) {
  long j = 0;
  for (; j + 16 <= columns; j += 16) {
    hk_lanes sum;
    hk_sum_of_rows(&sum, tile + j, rows, columns);
    if (columnStride == 1) {
      HK_LANES(dst + j) += sum;
    } else {
      for (int lane = 0; lane < 16; lane++) dst[(j + lane) * columnStride] += sum[lane];
    }
  }
  for (; j < columns; j++) {
    float even = 0, odd = 0;
    long i = 0;
    for (; i + 2 <= rows; i += 2) {
      even += tile[i * columns + j];
      odd += tile[(i + 1) * columns + j];
    }
    if (i < rows) even += tile[i * columns + j];
    dst[j * columnStride] += even + odd;
  }
}

HK_MULTIVERSION
void hk_reduce_sum(float *dst, const float *tile, long rows, long columns, long rowStride,
                   long columnStride) {
  if (rowStride == 0 && columnStride == 0) {
    *dst += hk_sum(tile, rows * columns);
  } else if (rowStride == 0) {
    hk_sum_over_rows(dst, tile, rows, columns, columnStride);
  } else if (columnStride == 0) {
    for (long i = 0; i < rows; i++) dst[i * rowStride] += hk_sum(tile + i * columns, columns);
  } else {
    for (long i = 0; i < rows; i++)
      HK_VECTORIZE for (long j = 0; j < columns; j++)
        dst[i * rowStride + j * columnStride] += tile[i * columns + j];
  }
}

HK_INLINE float hk_largest(const float *x, long length, float largest) {
  if (length >= 16) {
    float lanes[16];
    for (int lane = 0; lane < 16; lane++) lanes[lane] = largest;
    long j = 0;
    for (; j + 16 <= length; j += 16)
      HK_VECTORIZE for (int lane = 0; lane < 16; lane++)
        lanes[lane] = hk_maximum(lanes[lane], x[j + lane]);
    for (; j < length; j++) lanes[0] = hk_maximum(lanes[0], x[j]);
    for (int lane = 0; lane < 16; lane++) largest = hk_maximum(largest, lanes[lane]);
    return largest;
  }
  for (long j = 0; j < length; j++) largest = hk_maximum(largest, x[j]);
  return largest;
}

HK_MULTIVERSION
void hk_reduce_max(float *dst, const float *tile, long rows, long columns, long rowStride,
                   long columnStride) {
  if (rowStride == 0 && columnStride == 0) {
    *dst = hk_largest(tile, rows * columns, *dst);
  } else if (columnStride == 0) {
    for (long i = 0; i < rows; i++)
      dst[i * rowStride] = hk_largest(tile + i * columns, columns, dst[i * rowStride]);
  } else {
    for (long i = 0; i < rows; i++)
      HK_VECTORIZE for (long j = 0; j < columns; j++) {
        float *element = dst + i * rowStride + j * columnStride;
        *element = hk_maximum(*element, tile[i * columns + j]);
      }
  }
}

HK_MULTIVERSION
void hk_expand(float *dst, const float *src, long rows, long columns, long rowStride,
               long columnStride) {
  if (rowStride == 0 && columnStride == 0) {
    const float value = *src;
    HK_VECTORIZE for (long j = 0; j < rows * columns; j++) dst[j] = value;
  } else if (columns == 16 && columnStride == 1) {
    for (long i = 0; i < rows; i++) HK_LANES(dst + i * 16) = HK_LANES(src + i * rowStride);
  } else if (columnStride == 1 && rowStride == columns) {
    __builtin_memcpy(dst, src, (unsigned long)(rows * columns) * sizeof(float));
  } else if (columnStride == 1) {
    for (long i = 0; i < rows; i++)
      __builtin_memcpy(dst + i * columns, src + i * rowStride,
                       (unsigned long)columns * sizeof(float));
  } else if (columnStride == 0) {
    for (long i = 0; i < rows; i++) {
      const float value = src[i * rowStride];
      HK_VECTORIZE for (long j = 0; j < columns; j++) dst[i * columns + j] = value;
    }
  } else {
    for (long i = 0; i < rows; i++)
      HK_VECTORIZE for (long j = 0; j < columns; j++)
        dst[i * columns + j] = src[i * rowStride + j * columnStride];
  }
}
