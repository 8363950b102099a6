#if __has_include(<mpi.h>)
#include <mpi.h>
#else
// Where Debian keeps it, for builds without pkg-config.
#include <openmpi/mpi.h>
#endif
