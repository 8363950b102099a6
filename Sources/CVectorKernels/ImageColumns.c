#include "ImageColumns.h"

#include <string.h>

#include "Dispatch.h"

/// The range of output positions whose input position `o * stride + offset` lies in [0, extent).
HK_INLINE void hk_valid(long offset, long stride, long extent, long outExtent, long *first,
                        long *end) {
  *first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  *end = offset >= extent ? 0 : (extent - offset + stride - 1) / stride;
  if (*end > outExtent) *end = outExtent;
  if (*first > *end) *first = *end;
}

HK_MULTIVERSION
void hk_im2col(const float *image, float *columns, const hk_windows *windows) {
  const hk_windows g = *windows;
  float *row = columns;
  for (long c = 0; c < g.channels; c++) {
    const float *plane = image + c * g.height * g.width;
    for (long ky = 0; ky < g.kernelHeight; ky++) {
      for (long kx = 0; kx < g.kernelWidth; kx++, row += g.outHeight * g.outWidth) {
        long top, bottom, left, right;
        hk_valid(ky - g.padLow, g.stride, g.height, g.outHeight, &top, &bottom);
        hk_valid(kx - g.padLow, g.stride, g.width, g.outWidth, &left, &right);
        memset(row, 0, (size_t)(g.outHeight * g.outWidth) * sizeof(float));
        for (long y = top; y < bottom; y++) {
          const float *source = plane + (y * g.stride + ky - g.padLow) * g.width + kx - g.padLow;
          float *destination = row + y * g.outWidth;
          if (g.stride == 1) {
            HK_VECTORIZE for (long x = left; x < right; x++) destination[x] = source[x];
          } else {
            for (long x = left; x < right; x++) destination[x] = source[x * g.stride];
          }
        }
      }
    }
  }
}

HK_MULTIVERSION
void hk_col2im(const float *columns, float *image, const hk_windows *windows) {
  const hk_windows g = *windows;
  const float *row = columns;
  memset(image, 0, (size_t)(g.channels * g.height * g.width) * sizeof(float));
  for (long c = 0; c < g.channels; c++) {
    float *plane = image + c * g.height * g.width;
    for (long ky = 0; ky < g.kernelHeight; ky++) {
      for (long kx = 0; kx < g.kernelWidth; kx++, row += g.outHeight * g.outWidth) {
        long top, bottom, left, right;
        hk_valid(ky - g.padLow, g.stride, g.height, g.outHeight, &top, &bottom);
        hk_valid(kx - g.padLow, g.stride, g.width, g.outWidth, &left, &right);
        for (long y = top; y < bottom; y++) {
          float *destination = plane + (y * g.stride + ky - g.padLow) * g.width + kx - g.padLow;
          const float *source = row + y * g.outWidth;
          if (g.stride == 1) {
            HK_VECTORIZE for (long x = left; x < right; x++) destination[x] += source[x];
          } else {
            for (long x = left; x < right; x++) destination[x * g.stride] += source[x];
          }
        }
      }
    }
  }
}
