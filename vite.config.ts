import { builtinModules } from 'node:module'
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type EnvironmentOptions } from 'vite'

// Native packages and those that find files beside themselves stay outside the bundles and load only when used.
const external = [
  'electron',
  'onnxruntime-node',
  '@duckdb/node-api',
  'koffi',
  'systeminformation',
  ...builtinModules,
  ...builtinModules.map((name) => `node:${name}`),
]

/** Which packages each product includes, with their licences: packages carry them. */
const license = { fileName: 'bundled-packages.json' }

function nodeBundle(outDir: string, entries: Record<string, string>): EnvironmentOptions {
  return {
    consumer: 'server',
    resolve: { noExternal: true, external, conditions: ['node', 'import', 'default'] },
    build: {
      outDir: resolve(outDir),
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      sourcemap: false,
      license,
      rollupOptions: {
        input: entries,
        external,
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      },
    },
  }
}

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react({ jsxImportSource: '#visible' })],
  html: { cspNonce: '__CSP_NONCE__' },
  environments: {
    client: {
      build: { outDir: resolve('out/renderer'), emptyOutDir: true, target: 'chrome130', assetsInlineLimit: 0, license },
    },
    main: nodeBundle('out/main', { main: resolve('electron/main.ts') }),
    preload: nodeBundle('out/preload', { preload: resolve('electron/preload.ts') }),
    cli: nodeBundle('out/cli', { enginebench: resolve('electron/cli/enginebench.ts') }),
    workers: nodeBundle('out/workers', {
      'onnxruntime-node-worker': resolve('electron/workers/onnxruntime-node-worker.ts'),
      'sampling-worker': resolve('electron/sampling/sampling-worker.ts'),
    }),
  },
  builder: {
    async buildApp(builder) {
      for (const environment of Object.values(builder.environments)) {
        if (environment.name !== 'ssr') await builder.build(environment)
      }
    },
  },
})
