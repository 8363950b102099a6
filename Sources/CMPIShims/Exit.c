#include "CMPIShims.h"

#include <stdlib.h>
#include <unistd.h>

static int mpi_is_running(void) {
  int initialized = 0, finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  return initialized && !finalized;
}

_Noreturn void cmpi_abort(int code) {
  if (mpi_is_running()) MPI_Abort(MPI_COMM_WORLD, code);
  // The standard allows MPI_Abort to return (MPI 3.1, section 8.7). Exit handlers
  // are left out because one of them may be waiting for the other ranks.
  _exit(code);
}

static void finalize(void) {
  if (mpi_is_running()) MPI_Finalize();
}

int cmpi_finalize_at_exit(void) { return atexit(finalize); }
