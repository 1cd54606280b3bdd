import { expect, test } from 'vitest'
import { convertCommand } from '../../../shared/planning/convert-command.ts'

test('the command names model, target and precision, and quotes a path that needs it', () => {
  expect(convertCommand('clip-vit-b32', 'tensorrt', 'fp16')).toBe(
    'enginebench convert --model clip-vit-b32 --to tensorrt --precision fp16',
  )
  expect(convertCommand("/my models/it's.onnx", 'onnx', 'int8')).toBe(
    "enginebench convert --model '/my models/it'\\''s.onnx' --to onnx --precision int8",
  )
})
