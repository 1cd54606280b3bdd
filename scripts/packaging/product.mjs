// What every package says about the product, from package.json.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryFolder } from '../folders.mjs'

const { version, description, author, license, engines } = JSON.parse(
  readFileSync(join(repositoryFolder, 'package.json'), 'utf8'),
)
const [, nodeMajor, nodeMinor] = /^>=(\d+)\.(\d+)$/.exec(engines.node)

export const product = {
  name: 'enginebench',
  title: 'Enginebench',
  version,
  description,
  licence: license,
  engines,
  nodeMajor,
  nodeMinor,
  authors: author,
}

/** What Node calls this processor, in the words of each kind of package. */
export const processors = {
  x64: { deb: 'amd64', rpm: 'x86_64', appImage: 'x86_64' },
  arm64: { deb: 'arm64', rpm: 'aarch64', appImage: 'aarch64' },
}

/** The fallback runtime is for tests; a package made with it says so wherever its description is shown. */
export function describedFor(runtimeNotice) {
  return runtimeNotice ? `FOR TESTS ONLY (${runtimeNotice}). ${product.description}` : product.description
}

/** `1.2.3-beta.1` sorts before `1.2.3` in lists of dpkg and rpm, which needs a tilde. */
export const sortableVersion = product.version.replaceAll('-', '~')
