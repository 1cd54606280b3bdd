// Builds the rehearsal of the window: the real renderer on a made-up application.
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react({ jsxImportSource: '#visible' })],
  html: { cspNonce: '__CSP_NONCE__' },
  build: { outDir: resolve('out/rehearsal'), emptyOutDir: true, target: 'chrome130', assetsInlineLimit: 0 },
})
