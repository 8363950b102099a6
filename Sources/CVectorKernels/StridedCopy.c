#include "StridedCopy.h"

#include <string.h>

enum { LANES = 16 };

static void copy_row(const float *from, float *to, long count, long fromStride, long toStride) {
  if (fromStride == 1 && toStride == 1) {
    memcpy(to, from, (size_t)count * sizeof(float));
    return;
  }
  for (long i = 0; i < count; i++) to[i * toStride] = from[i * fromStride];
}

// Both memories are walked along short runs, so that neither side misses a cache line per number.
static void copy_plane(const float *from, float *to, const long *extents, const long *fromStrides,
                       const long *toStrides) {
  for (long row = 0; row < extents[0]; row += LANES) {
    long rows = extents[0] - row < LANES ? extents[0] - row : LANES;
    for (long column = 0; column < extents[1]; column += LANES) {
      long columns = extents[1] - column < LANES ? extents[1] - column : LANES;
      for (long i = row; i < row + rows; i++)
        copy_row(from + i * fromStrides[0] + column * fromStrides[1],
                 to + i * toStrides[0] + column * toStrides[1], columns, fromStrides[1],
                 toStrides[1]);
    }
  }
}

void hk_copy_strided(const float *from, float *to, const long *extents, const long *fromStrides,
                     const long *toStrides, int axes) {
  if (axes == 0) {
    *to = *from;
  } else if (axes == 1) {
    copy_row(from, to, extents[0], fromStrides[0], toStrides[0]);
  } else if (axes == 2 && (fromStrides[1] != 1 || toStrides[1] != 1)) {
    copy_plane(from, to, extents, fromStrides, toStrides);
  } else {
    for (long i = 0; i < extents[0]; i++)
      hk_copy_strided(from + i * fromStrides[0], to + i * toStrides[0], extents + 1,
                      fromStrides + 1, toStrides + 1, axes - 1);
  }
}

void hk_block_channels(const float *from, float *to, long batch, long channels, long area) {
  long blocks = batch * (channels / LANES);
  for (long block = 0; block < blocks; block++, from += LANES * area, to += LANES * area)
    for (long i = 0; i < area; i++)
      for (long lane = 0; lane < LANES; lane++) to[i * LANES + lane] = from[lane * area + i];
}

void hk_unblock_channels(const float *from, float *to, long batch, long channels, long area) {
  long blocks = batch * (channels / LANES);
  for (long block = 0; block < blocks; block++, from += LANES * area, to += LANES * area)
    for (long i = 0; i < area; i += LANES) {
      long rest = area - i < LANES ? area - i : LANES;
      for (long lane = 0; lane < LANES; lane++)
        for (long j = 0; j < rest; j++) to[lane * area + i + j] = from[(i + j) * LANES + lane];
    }
}
