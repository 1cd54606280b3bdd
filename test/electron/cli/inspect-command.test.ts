import { expect, test } from 'vitest'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { InspectedFile } from '../../../shared/domain/inspection.ts'
import type { PluginLibrary } from '../../../shared/domain/plugin.ts'
import { fusedEngine, splitEngine } from '../../fakes/inspected-file.ts'
import { carriedOut } from '../../fakes/typed-command.ts'

const named = { name: 'libmine.so', sha256: '1a2b3c4d5e6f'.padEnd(64, '0') }
const other = { name: 'libother.so', sha256: '0f0f0f0f0f0f'.padEnd(64, '0') }
const library = '--plugin ./libmine.so --trust-plugin'

/** `e` is an engine, `p` one with a library of its own, `g` an ONNX file, and `n` cannot be opened on this machine. */
function answering(words: string) {
  const opened: unknown[] = []
  const found: Readonly<Record<string, (plugin: PluginLibrary | undefined) => InspectedFile>> = {
    e: (plugin) => ({ ...fusedEngine, ...(plugin && { plugin }) }),
    p: () => ({ ...fusedEngine, name: 'tensorrt-engine pppppppp of clip, FP16', plugin: other }),
    g: () => ({ ...splitEngine, name: 'onnx gggggggg of clip, FP16' }),
    n: () => ({ ...splitEngine, instead: 'No GPU. Shown are the nodes of the ONNX file that it was built from.' }),
  }
  const carried = carriedOut(words, {
    plugins: {
      add: async (file, consent) => {
        if (consent) return named
        throw new BenchError({ code: 'untrusted-engine', stage: 'load', message: file, remedy: 'Add --trust-plugin.' })
      },
      find: async (plugin) => ({ ...plugin, file: '/plugins/plugin.so' }),
    },
    inspector: {
      inspectArtifact: async (name, plugin) => {
        opened.push([name, plugin?.file ?? null])
        const answer = found[name]
        if (answer === undefined) throw new Error(name)
        return answer(plugin ? { name: plugin.name, sha256: plugin.sha256 } : undefined)
      },
      inspectFile: () => Promise.reject(new Error('no file')),
    },
  })
  return { ...carried, opened }
}

test('an artifact is opened with the library that is named, and the answer names it', async () => {
  const { code, results, opened } = answering(`inspect e ${library}`)
  expect(await code).toBe(0)
  expect(opened).toEqual([['e', '/plugins/plugin.so']])
  expect(results[0]).toContain('Opened with the plugin library libmine.so 1a2b3c4d5e6f')
})

test('a library is code: without consent nothing is opened', async () => {
  const { code, opened } = answering('inspect e --plugin ./libmine.so')
  await expect(code).rejects.toMatchObject({ record: { code: 'untrusted-engine' } })
  expect(opened).toEqual([])
})

test('a library that nothing was opened with is refused with the reason, since an option is never ignored', async () => {
  await expect(answering(`inspect p g ${library}`).code).rejects.toMatchObject({
    record: {
      code: 'bad-usage',
      message:
        'The plugin library libmine.so 1a2b3c4d5e6f was not loaded: tensorrt-engine pppppppp of clip, FP16 needs ' +
        'libother.so 0f0f0f0f0f0f, and is opened with its own copy of it; onnx gggggggg of clip, FP16 is an ONNX file, ' +
        'and its nodes are read without running it.',
      remedy: 'Leave --plugin out, or name an engine that needs this library.',
    },
  })
})

test('beside an engine that takes the library, an ONNX file and an engine with its own are shown', async () => {
  expect(await answering(`inspect e g ${library}`).code).toBe(0)
  expect(await answering(`inspect p e ${library}`).code).toBe(0)
})

test('an engine that cannot be opened here says so, so its library is no fault', async () => {
  const { code, results } = answering(`inspect n ${library}`)
  expect(await code).toBe(0)
  expect(results[0]).toContain('No GPU.')
})
