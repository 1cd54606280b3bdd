import { expect, test } from 'vitest'
import { railFacts } from '../../../renderer/connected-rail.tsx'
import { machineLanes } from '../../../renderer/features/benchmark/lane-panel.tsx'
import { exampleMachine } from '../example-answers.ts'
import { gpuSamples } from '../example-passes.ts'

const withoutGpu = gpuSamples(3).map((sample) => ({ ...sample, gpu: null }))

test('with a GPU its lanes come first and of the processor only the load stays', () => {
  expect(machineLanes(gpuSamples(3)).map(({ title, unit, nowText }) => `${title} ${nowText} ${unit}`)).toEqual([
    'GPU memory 7.9 GiB',
    'Board power 418 W',
    'SM clock 1980 MHz',
    'GPU temperature 52 °C',
    'CPU load 33 %',
  ])
})

test('what a GPU does not tell has no lane, and without a GPU the processor has its own', () => {
  const [sample] = gpuSamples(1)
  const untold = sample?.gpu ? [{ ...sample, gpu: { ...sample.gpu, powerWatts: null, temperatureCelsius: null } }] : []
  expect(machineLanes(untold).map(({ title }) => title)).toEqual(['GPU memory', 'SM clock', 'CPU load'])
  expect(machineLanes(withoutGpu).map(({ title }) => title)).toEqual(['CPU load', 'CPU clock', 'Memory used'])
})

test('the rail tells the GPU’s state while one is sampled, else the processor’s', () => {
  expect(railFacts(exampleMachine, gpuSamples(1)[0] ?? null)).toEqual([
    ['GPU load', '97 %'],
    ['SM clock', '1,980 MHz'],
    ['Power', '412 W'],
    ['Temperature', '52 °C'],
    ['CPU load', '31 %'],
  ])
  expect(railFacts(exampleMachine, null)).toEqual([
    ['Cores, threads', '8, 16'],
    ['Memory', '32.0 GiB'],
  ])
})
