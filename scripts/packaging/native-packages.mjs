// The packages that stay outside the bundles, since they load native code or files beside themselves: which of their
// files a package needs on this platform. Paths are relative to node_modules; a folder is meant with all that it holds.
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repositoryFolder } from '../folders.mjs'
import { StepFailed } from '../programs.mjs'

/** @returns `{ name, paths }[]` for values of `process.platform` and `process.arch`. */
export function nativePackages(platform, architecture) {
  const machine = `${platform}-${architecture}`
  const whole = (name) => ({ name, paths: [name] })
  return [
    {
      name: 'onnxruntime-node',
      paths: ['package.json', 'dist', `bin/napi-v6/${platform}/${architecture}`].map(
        (path) => `onnxruntime-node/${path}`,
      ),
    },
    whole('onnxruntime-common'),
    whole('@duckdb/node-api'),
    whole('@duckdb/node-bindings'),
    whole(`@duckdb/node-bindings-${machine}`),
    whole('koffi'),
    whole(`@koromix/koffi-${machine}`),
    whole('systeminformation'),
  ]
}

const leftOut = /\.(map|ts|cts|mts)$/

/** Copies them into a folder that Node searches for packages. Throws StepFailed if one is not installed. */
export function copyNativePackages(target) {
  for (const { paths } of nativePackages(process.platform, process.arch)) {
    for (const path of paths) {
      const source = join(repositoryFolder, 'node_modules', path)
      if (!existsSync(source)) throw new StepFailed(`Not packaged: node_modules/${path} is not installed.`)
      mkdirSync(dirname(join(target, path)), { recursive: true })
      cpSync(source, join(target, path), { recursive: true, filter: (file) => !leftOut.test(file) })
    }
  }
}
