// What `enginebench` does where a Linux package or an AppImage put it, around a stand-in for the app. As root, the window
// is started as another user, and a user namespace of its own refuses further ones as some systems do.
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { version } from '../../package.json'
import { layOutTree } from '../../scripts/packaging/linux-tree.mjs'
import { makeReadableFolder, makeStandInApp, removeFolder } from './stand-in-app.ts'

let folder = ''
let program = ''

beforeAll(async () => {
  folder = await makeReadableFolder('enginebench-launch-')
  const appFolder = await makeStandInApp(join(folder, 'app'))
  layOutTree(join(folder, 'root'), { appFolder, program: 'enginebench', setuidSandbox: false })
  program = join(folder, 'root', 'usr', 'bin', 'enginebench')
  await mkdir(join(folder, 'bin'))
  await writeFile(join(folder, 'bin', 'zenity'), '#!/bin/sh\necho "dialog: $*"\n')
  await chmod(join(folder, 'bin', 'zenity'), 0o755)
})
afterAll(() => removeFolder(folder))

const isRoot = process.getuid?.() === 0
const asUser = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
const withoutNamespaces = ['unshare', '--user', '--map-user=1000', '--keep-caps', 'sh', '-c']
const canRefuse =
  spawnSync('unshare', [...withoutNamespaces.slice(1), 'echo 0 > /proc/sys/user/max_user_namespaces']).status === 0
const hasNamespaces =
  spawnSync(
    asUser[0] ?? 'unshare',
    [...asUser.slice(1), 'unshare', '--user', '--map-root-user', 'true'].slice(isRoot ? 0 : 1),
  ).status === 0

function start(before: readonly string[], words: readonly string[], environment: Record<string, string> = {}) {
  const [command = program, ...rest] = [...before, program, ...words]
  const kept = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, DISPLAY: ':77', ...environment }
  const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8', env: kept })
  return { code: status, stdout, stderr }
}

describe.skipIf(process.platform !== 'linux')('the installed program', () => {
  test('says its version without starting anything', () => {
    const said = { code: 0, stdout: `enginebench ${version}\n`, stderr: '' }
    expect([start([], ['--version']), start([], ['-v'])]).toEqual([said, said])
  })

  test.skipIf(!hasNamespaces)('without words, or with switches only, opens the window', () => {
    expect([start(asUser, []), start(asUser, ['--log-level=3'])]).toEqual([
      { code: 0, stdout: 'window: \n', stderr: '' },
      { code: 0, stdout: 'window: --log-level=3\n', stderr: '' },
    ])
  })

  test('hands a command to the command line, with its words as they are', () => {
    expect(start([], ['run', '--model', 'my model'])).toEqual({
      code: 0,
      stdout: 'command line: run --model my model\n',
      stderr: '',
    })
  })

  test('finds itself by a link from another folder', async () => {
    const link = join(folder, 'linked')
    await symlink(program, link)
    expect(spawnSync(link, ['doctor'], { encoding: 'utf8' }).stdout).toBe('command line: doctor\n')
  })

  test('names the Node that the command line needs if there is none, or an older one', async () => {
    const old = join(folder, 'old-node')
    await writeFile(old, '#!/bin/sh\nexit 1\n')
    await chmod(old, 0o755)
    const refusalOf = (node: string) => ({
      code: 1,
      stdout: '',
      stderr: `enginebench: the command line needs Node 20.19 or newer, and "${node}" is not. Install it, or name one: ENGINEBENCH_NODE=/path/to/node enginebench ...\n`,
    })
    const absent = join(folder, 'absent')
    expect([old, absent].map((node) => start([], ['doctor'], { ENGINEBENCH_NODE: node }))).toEqual([
      refusalOf(old),
      refusalOf(absent),
    ])
  })

  test.skipIf(!canRefuse)(
    'refuses to start the window where Chromium could make no sandbox, and says what helps',
    () => {
      const refused = start([...withoutNamespaces, 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$0" "$@"'], [])
      expect(refused).toEqual({
        code: 1,
        stdout: expect.stringMatching(/^dialog: --error .* \(user\.max_user_namespaces is 0\)/),
        stderr:
          "enginebench: The window did not start: Chromium's sandbox needs user namespaces, and this system refuses them " +
          '(user.max_user_namespaces is 0). Install the .deb or .rpm package, which brings what the sandbox needs, or ' +
          'allow user namespaces: the guide to installing says how. The command line needs no sandbox: enginebench doctor\n',
      })
    },
  )

  test.skipIf(!canRefuse)('the command line works there all the same', () => {
    const words = [...withoutNamespaces, 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$0" "$@"']
    expect(start(words, ['doctor'])).toEqual({ code: 0, stdout: 'command line: doctor\n', stderr: '' })
  })

  test.each([
    ['a switch', ['--no-sandbox'], {}],
    ['a variable', [], { ELECTRON_DISABLE_SANDBOX: '1' }],
  ] as const)('without a sandbox by %s, it says so', (_by, words, environment) => {
    expect(start(asUser, words, environment)).toEqual({
      code: 0,
      stdout: `window: ${words.join(' ')}\n`,
      stderr:
        "enginebench: the window starts without Chromium's sandbox, as --no-sandbox or ELECTRON_DISABLE_SANDBOX asks.\n",
    })
  })

  test.skipIf(!isRoot)('for root it opens no window, and says so in a dialog too, since no terminal shows it', () => {
    expect(start([], [])).toEqual({
      code: 1,
      stdout: expect.stringMatching(
        /^dialog: --error --no-markup --title Enginebench --text The window does not start for root, /,
      ),
      stderr: expect.stringMatching(
        /^enginebench: The window does not start for root, .*ELECTRON_DISABLE_SANDBOX=1\n$/,
      ),
    })
  })

  test('without a display it opens no window, and names what needs none', () => {
    expect(start(asUser, [], { DISPLAY: '' })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'enginebench: The window did not open: this machine has no display. The command line needs none: enginebench doctor\n',
    })
  })
})
