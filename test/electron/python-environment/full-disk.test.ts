// A real pip, a real index on this machine, and a real temporary folder of one mebibyte; needs a mount namespace.
import { spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { pipInstall } from '../../../electron/python-environment/pip.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

vi.setConfig({ testTimeout: 180_000 })

const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
const folder = temporaryFolder()
const closing: (() => void)[] = []
afterEach(() => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0)) close()
})

const largeWheel = [
  'import os, sys, zipfile',
  'with zipfile.ZipFile(sys.argv[1], "w") as z:',
  '    z.writestr("large.bin", os.urandom(4 << 20))',
  '    z.writestr("large-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: large\\nVersion: 1.0\\n")',
  '    z.writestr("large-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")',
  '    z.writestr("large-1.0.dist-info/RECORD", "")',
].join('\n')

test.skipIf(!canMount)(
  'fault 8: a temporary folder that fills up during a download is told as a full disk, not as a network failure',
  async () => {
    const wheel = join(folder, 'large-1.0-py3-none-any.whl')
    expect(spawnSync('python3', ['-c', largeWheel, wheel]).status).toBe(0)
    const server = createServer((request, response) => {
      if (request.url?.endsWith('.whl')) return void createReadStream(wheel).pipe(response)
      response.setHeader('content-type', 'text/html').end('<a href="/large-1.0-py3-none-any.whl">large</a>')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const { port } = server.address() as AddressInfo
    const interpreter = join(folder, 'python')
    const inside = 'mount -t tmpfs -o size=1m tmpfs /mnt && TMPDIR=/mnt exec python3 "$@"'
    await writeFile(interpreter, `#!/bin/sh\nexec unshare -m sh -c '${inside}' sh "$@"\n`, { mode: 0o755 })
    vi.stubEnv('PIP_CONFIG_FILE', '/dev/null')
    vi.stubEnv('PIP_FIND_LINKS', '')
    const from = ['--index-url', `http://127.0.0.1:${port}/simple`, '--target', join(folder, 'made')]
    const stub = { pattern: /Failed to|ERROR/, code: 'python-setup-failed' as const, message: () => '', remedy: '' }
    const installing = pipInstall(interpreter, [...from, 'large==1.0'], {
      ...{ signal: new AbortController().signal, onLine: () => undefined, task: 'installing it' },
      ...{ keepsDownloads: false, knownFailures: [stub] },
    })
    await expect(installing).rejects.toMatchObject({
      record: {
        code: 'disk-full',
        message: 'A disk is full: installing it stopped.',
        remedy: expect.stringContaining('TMPDIR'),
      },
    })
  },
)
