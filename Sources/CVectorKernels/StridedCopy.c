#include "StridedCopy.h"

#include <string.h>

#include "Dispatch.h"

/// dst[j][i] = src[i][j] for `rows` x `columns`, in 16 x 16 squares that stay in L1.
HK_INLINE void hk_transpose(const float *src, float *dst, long rows, long columns,
                            long srcStride, long dstStride) {
  for (long i0 = 0; i0 < rows; i0 += 16) {
    const long i1 = i0 + 16 < rows ? i0 + 16 : rows;
    for (long j0 = 0; j0 < columns; j0 += 16) {
      const long j1 = j0 + 16 < columns ? j0 + 16 : columns;
      for (long j = j0; j < j1; j++)
        for (long i = i0; i < i1; i++) dst[j * dstStride + i] = src[i * srcStride + j];
    }
  }
}

HK_MULTIVERSION
void hk_block_channels(const float *from, float *to, long batch, long channels, long area) {
  for (long block = 0; block < batch * channels / 16; block++)
    hk_transpose(from + block * 16 * area, to + block * 16 * area, 16, area, area, 16);
}

HK_MULTIVERSION
void hk_unblock_channels(const float *from, float *to, long batch, long channels, long area) {
  for (long block = 0; block < batch * channels / 16; block++)
    hk_transpose(from + block * 16 * area, to + block * 16 * area, area, 16, 16, area);
}

typedef struct {
  long extent, src, dst;
} hk_axis;

/// Drops axes of extent 1 and joins neighbours that are one run in both tensors.
HK_INLINE int hk_simplify(hk_axis *axes, int rank) {
  int kept = 0;
  for (int axis = 0; axis < rank; axis++) {
    hk_axis next = axes[axis];
    if (next.extent == 1) continue;
    hk_axis *last = kept > 0 ? &axes[kept - 1] : 0;
    if (last && last->src == next.extent * next.src && last->dst == next.extent * next.dst)
      *last = (hk_axis){last->extent * next.extent, next.src, next.dst};
    else
      axes[kept++] = next;
  }
  return kept;
}

HK_INLINE void hk_copy_row(const float *src, float *dst, hk_axis row) {
  if (row.src == 1 && row.dst == 1) {
    memcpy(dst, src, (size_t)row.extent * sizeof(float));
  } else if (row.dst == 1) {
    HK_VECTORIZE for (long j = 0; j < row.extent; j++) dst[j] = src[j * row.src];
  } else {
    for (long j = 0; j < row.extent; j++) dst[j * row.dst] = src[j * row.src];
  }
}

/// Copies the last two axes.
HK_INLINE void hk_copy_plane(const float *src, float *dst, hk_axis outer, hk_axis inner) {
  if (outer.src == 1 && inner.dst == 1) {
    hk_transpose(src, dst, inner.extent, outer.extent, inner.src, outer.dst);
  } else if (outer.dst == 1 && inner.src == 1) {
    hk_transpose(src, dst, outer.extent, inner.extent, outer.src, inner.dst);
  } else {
    for (long i = 0; i < outer.extent; i++)
      hk_copy_row(src + i * outer.src, dst + i * outer.dst, inner);
  }
}

HK_MULTIVERSION
void hk_copy_strided(const float *from, float *to, const long *extents, const long *fromStrides,
                     const long *toStrides, int rank) {
  hk_axis axes[HK_COPY_AXES + 2] = {{1, 0, 0}, {1, 0, 0}};
  for (int axis = 0; axis < rank; axis++) {
    if (extents[axis] == 0) return;
    axes[axis] = (hk_axis){extents[axis], fromStrides[axis], toStrides[axis]};
  }
  int kept = hk_simplify(axes, rank);
  // At least two axes, so that one loop nest serves all ranks.
  while (kept < 2) {
    memmove(axes + 1, axes, (size_t)kept * sizeof(hk_axis));
    axes[0] = (hk_axis){1, 0, 0};
    kept++;
  }
  long index[HK_COPY_AXES] = {0};
  for (;;) {
    hk_copy_plane(from, to, axes[kept - 2], axes[kept - 1]);
    int axis = kept - 3;
    for (; axis >= 0; axis--) {
      from += axes[axis].src;
      to += axes[axis].dst;
      if (++index[axis] < axes[axis].extent) break;
      from -= axes[axis].extent * axes[axis].src;
      to -= axes[axis].extent * axes[axis].dst;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
