#include "CMPIShims.h"

MPI_Comm cmpi_comm_world(void) { return MPI_COMM_WORLD; }
MPI_Comm cmpi_comm_null(void) { return MPI_COMM_NULL; }
MPI_Info cmpi_info_null(void) { return MPI_INFO_NULL; }
MPI_Request cmpi_request_null(void) { return MPI_REQUEST_NULL; }
MPI_Errhandler cmpi_errors_return(void) { return MPI_ERRORS_RETURN; }
void *cmpi_in_place(void) { return MPI_IN_PLACE; }

MPI_Datatype cmpi_float32(void) { return MPI_FLOAT; }
MPI_Datatype cmpi_float64(void) { return MPI_DOUBLE; }
MPI_Datatype cmpi_int32(void) { return MPI_INT32_T; }
MPI_Datatype cmpi_int64(void) { return MPI_INT64_T; }
MPI_Datatype cmpi_uint8(void) { return MPI_UINT8_T; }
MPI_Datatype cmpi_uint16(void) { return MPI_UINT16_T; }
MPI_Datatype cmpi_uint32(void) { return MPI_UINT32_T; }
MPI_Datatype cmpi_uint64(void) { return MPI_UINT64_T; }

MPI_Op cmpi_op_null(void) { return MPI_OP_NULL; }
MPI_Op cmpi_sum(void) { return MPI_SUM; }
MPI_Op cmpi_product(void) { return MPI_PROD; }
MPI_Op cmpi_maximum(void) { return MPI_MAX; }
MPI_Op cmpi_minimum(void) { return MPI_MIN; }
MPI_Op cmpi_logical_and(void) { return MPI_LAND; }
MPI_Op cmpi_logical_or(void) { return MPI_LOR; }
MPI_Op cmpi_bitwise_and(void) { return MPI_BAND; }
MPI_Op cmpi_bitwise_or(void) { return MPI_BOR; }
MPI_Op cmpi_bitwise_xor(void) { return MPI_BXOR; }
