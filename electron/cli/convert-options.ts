// What `convert` can be told. Data for the grammar and its help.
import { advisedCalibrationImages } from '../../shared/domain/recipe.ts'
import type { CommandOption } from './command.ts'

export const convertOptions: readonly CommandOption[] = [
  { flags: '--model <id-or-file>', description: 'Model id, or an .onnx file of your own' },
  { flags: '--to <target>', description: 'onnx, onnxruntime, tensorrt, tensorrt-rtx or openvino' },
  { flags: '--precision <name>', description: 'fp32, tf32, fp16, bf16, int8, or best: measured here; default fp32' },
  { flags: '--elsewhere <name>', description: 'fp32 or fp16, where INT8 does not compute; default fp32' },
  { flags: '--opset <version>', description: '14 to 20; default: the model’s' },
  { flags: '--batch <range>', description: 'MIN:OPT:MAX, as 1:8:16; default: the model’s' },
  { flags: '--size <range>', description: 'MIN:OPT:MAX pixels, for models that take several sizes' },
  { flags: '--no-simplify', description: 'Leave the exported graph as it is' },
  { flags: '--keep-operators <list>', description: 'Operators that stay FP32; default: the model’s' },
  { flags: '--keep-nodes <list>', description: 'Nodes that stay in higher precision, by name' },
  { flags: '--calibration-images <folder>', description: 'Images that INT8 is calibrated on; default: those shipped' },
  { flags: '--calibration-method <name>', description: 'min-max, entropy or percentile; default min-max' },
  {
    flags: '--calibration-limit <count>',
    description: `At most so many images; default ${advisedCalibrationImages}, as NVIDIA advises`,
  },
  { flags: '--sensitivity', description: 'Measure what each layer in INT8 costs the parity' },
  { flags: '--workspace-gib <size>', description: 'Memory that the builder may use; default 4' },
  { flags: '--optimization-level <level>', description: '0 to 5, of the builder; default: the library’s' },
  {
    flags: '--builds <count>',
    description: 'Build the engine so many times anew, and say how far the builds lie apart',
  },
  { flags: '--no-timing-cache', description: 'Time every tactic anew' },
  { flags: '--version-compatible', description: 'An engine that later versions of TensorRT read' },
  { flags: '--hardware-compatible', description: 'An engine that newer GPUs read' },
  { flags: '--weights <choice>', description: 'auto, hub, seeded, or a folder of safetensors; default auto' },
  { flags: '--seed <number>', description: 'Makes seeded weights; default 1' },
  { flags: '--recipe <file>', description: 'Carry out a saved recipe instead of what is typed' },
  { flags: '--save-recipe <file>', description: 'Write the recipe with the hashes that it gave' },
  { flags: '--out <folder>', description: 'Copy what was made there: new or empty' },
  { flags: '--progress <kind>', description: 'text, jsonl or none, on stderr; default text' },
]
