// The bytes of a .npy file, right or deliberately wrong.
export function npyBytes(
  descriptor: string,
  shape: readonly number[],
  data: Float32Array | BigInt64Array,
  options: { readonly version?: 1 | 2; readonly fortranOrder?: boolean } = {},
): Uint8Array {
  const version = options.version ?? 1
  const prefix = version === 1 ? 10 : 12
  const order = options.fortranOrder === true ? 'True' : 'False'
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${descriptor}', 'fortran_order': ${order}, 'shape': (${sizes}), }`
  const header = `${text.padEnd(128 - prefix - 1)}\n`
  const start = Buffer.alloc(prefix)
  start.write('\x93NUMPY', 'latin1')
  start.writeUInt8(version, 6)
  if (version === 1) start.writeUInt16LE(header.length, 8)
  else start.writeUInt32LE(header.length, 8)
  return Buffer.concat([
    start,
    Buffer.from(header, 'latin1'),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ])
}
