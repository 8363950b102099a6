#pragma once
#include "../../COpenMPI/shim.h"
#include <stddef.h>
#include <stdint.h>

// Open MPI defines its handles as macros with casts, which Swift cannot import.

MPI_Comm cmpi_comm_world(void);
MPI_Comm cmpi_comm_null(void);
MPI_Info cmpi_info_null(void);
MPI_Request cmpi_request_null(void);
MPI_Errhandler cmpi_errors_return(void);
void *cmpi_in_place(void);

MPI_Datatype cmpi_float32(void);
MPI_Datatype cmpi_float64(void);
MPI_Datatype cmpi_int32(void);
MPI_Datatype cmpi_int64(void);
MPI_Datatype cmpi_uint8(void);
MPI_Datatype cmpi_uint16(void);
MPI_Datatype cmpi_uint32(void);
MPI_Datatype cmpi_uint64(void);

MPI_Op cmpi_op_null(void);
MPI_Op cmpi_sum(void);
MPI_Op cmpi_product(void);
MPI_Op cmpi_maximum(void);
MPI_Op cmpi_minimum(void);
MPI_Op cmpi_logical_and(void);
MPI_Op cmpi_logical_or(void);
MPI_Op cmpi_bitwise_and(void);
MPI_Op cmpi_bitwise_or(void);
MPI_Op cmpi_bitwise_xor(void);

// Ends every rank of the job with `code`. Does not need MPI to be running.
_Noreturn void cmpi_abort(int code);

// Has MPI finalized when the process leaves by `exit`, unless it is by then.
// Returns 0, or non-zero if the handler could not be registered.
int cmpi_finalize_at_exit(void);

// MPI 3.1 has no 16-bit floating-point types. The operations below combine
// buffers of `cmpi_uint16` that hold the bits of such numbers: each pair is
// widened to 32 bits, combined, and rounded to nearest, ties to even.

typedef enum { cmpi_bfloat16, cmpi_float16 } cmpi_format;
typedef enum { cmpi_combine_sum, cmpi_combine_maximum, cmpi_combine_minimum } cmpi_combination;

// Creates the operations; MPI must be running. Returns an MPI error code.
int cmpi_create_sixteen_bit_operations(void);

// The null operation until `cmpi_create_sixteen_bit_operations` has run.
MPI_Op cmpi_sixteen_bit_operation(cmpi_format format, cmpi_combination combination);

void cmpi_narrow(cmpi_format format, const float *wide, uint16_t *narrow, size_t count);
void cmpi_widen(cmpi_format format, const uint16_t *narrow, float *wide, size_t count);
