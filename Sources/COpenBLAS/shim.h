#include <cblas.h>
#include <stddef.h>

// OpenBLAS contains LAPACK, but its packages ship no header for it. The last two arguments are the
// lengths of the first two, which Fortran compilers pass.
void dsyevd_(const char *job, const char *triangle, const int *n, double *a, const int *stride,
             double *eigenvalues, double *work, const int *workCount, int *integerWork,
             const int *integerWorkCount, int *info, size_t jobLength, size_t triangleLength);
