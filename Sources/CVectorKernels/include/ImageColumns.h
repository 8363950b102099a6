#pragma once

/// The extents of one image, of the windows moving over it and of the grid of windows.
typedef struct {
  long channels, height, width;
  long kernelHeight, kernelWidth, stride, padLow;
  long outHeight, outWidth;
} hk_windows;

/// Copies each window of a plain [channels, height, width] image into a column of
/// [channels * kernelHeight * kernelWidth, outHeight * outWidth]; zeros outside the image.
void hk_im2col(const float *image, float *columns, const hk_windows *windows);

/// The transpose of `hk_im2col`: overwrites the image with the sums of all columns' elements.
void hk_col2im(const float *columns, float *image, const hk_windows *windows);
