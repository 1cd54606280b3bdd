// What may be dropped on the window: one .onnx file from this machine. Anything else is refused by name, before anything
// of it is read, with what to do instead.
import { basename, extname, isAbsolute } from 'node:path'
import { BenchError, type BenchErrorCode } from '../../shared/domain/bench-error.ts'

interface Refusal {
  readonly code: BenchErrorCode
  readonly why: string
  readonly remedy: string
}

const engine: Refusal = {
  code: 'untrusted-engine',
  why: 'is a built engine, which runs as code once it is loaded',
  remedy: 'Drop the .onnx file that it was built from, and build the engine here.',
}
const pickle: Refusal = {
  code: 'unsafe-model-file',
  why: 'is a PyTorch file, which may run code when it is opened',
  remedy: 'Export it to ONNX where you trust it, and drop the .onnx file.',
}
const weights: Refusal = {
  code: 'bad-model-file',
  why: 'holds weights without a model',
  remedy: 'Choose the folder that holds it as the weights of a model in the list, or drop an .onnx file.',
}
const other: Refusal = {
  code: 'bad-model-file',
  why: 'is no ONNX model',
  remedy: 'Drop a file whose name ends in .onnx.',
}
const refusals: Readonly<Record<string, Refusal>> = {
  '.engine': engine,
  '.plan': engine,
  '.trt': engine,
  '.pt': pickle,
  '.pth': pickle,
  '.ckpt': pickle,
  '.safetensors': weights,
}

/** Throws BenchError unless the path may be opened as the user's model. */
export function checkDroppedFile(file: string): void {
  // A page can make a file of its own, which lies nowhere.
  if (!isAbsolute(file)) throw refused('What was dropped', { ...other, why: 'is no file of this machine' })
  const extension = extname(file).toLowerCase()
  if (extension !== '.onnx') throw refused(`«${basename(file)}»`, refusals[extension] ?? other)
}

function refused(what: string, { code, why, remedy }: Refusal): BenchError {
  return new BenchError({ code, stage: 'plan', message: `${what} ${why}.`, remedy })
}
