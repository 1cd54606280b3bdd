// What both workers must agree on in addition to the messages: limits, ONNX operators and sentences. Python's copy,
// enginebench_worker/wire/facts.py, is generated from this file.

/** A block ends at this many samples, whatever its rule says, so that it fits in a line of the protocol. */
export const mostSamplesInBlock = 100_000

/**
 * Operators of ONNX and ONNX Runtime that multiply matrices in the floating-point type of their inputs. Almost all work
 * of a network is in these and in `integerMatrixOperators`, so they decide a case's precision label.
 */
export const floatMatrixOperators = [
  'Conv',
  'ConvTranspose',
  'FusedConv',
  'NhwcFusedConv',
  'MatMul',
  'FusedMatMul',
  'TransposeMatMul',
  'MatMulNBits',
  'Gemm',
  'FusedGemm',
  'Einsum',
  'Attention',
  'MultiHeadAttention',
  'GroupQueryAttention',
  'PackedAttention',
  'LSTM',
  'GRU',
] as const

/** Operators that multiply matrices in INT8. */
export const integerMatrixOperators = [
  'QLinearConv',
  'QLinearConvTranspose',
  'QLinearMatMul',
  'QGemm',
  'QAttention',
  'MatMulInteger',
  'MatMulIntegerToFloat',
  'DynamicQuantizeMatMul',
  'ConvInteger',
] as const

/** Why a part of a query has no time. */
export const untimedReasons = {
  preprocess: 'images are prepared before anything is timed',
  copies: 'the case runs on the CPU: nothing is copied to or from a device',
} as const

/** The precision label of a graph without any of the operators above. */
export const nothingMultiplied = 'nothing is multiplied: no precision to prove'
