// Licences that a user must read before a backend is installed: in full, or where NVIDIA's text belongs to NVIDIA, what
// it is and where it is. Nothing under them is part of this app.

import agpl from 'spdx-license-list/licenses/AGPL-3.0.json' with { type: 'json' }
import { type BackendId, backendLabels, licenceOfBackend } from '../../shared/domain/backend.ts'
import { licenceAddresses } from '../../shared/domain/python-environment.ts'

export interface LicenceText {
  readonly spdx: string
  readonly title: string
  readonly text: string
}

const ultralytics: LicenceText = { spdx: 'AGPL-3.0', title: agpl.name, text: agpl.licenseText }

function ofNvidia(backend: BackendId, product: string): LicenceText | null {
  const spdx = licenceOfBackend(backend)
  const address = spdx === null ? undefined : licenceAddresses[spdx]
  if (spdx === null || address === undefined) return null
  const text = [
    `${product} is NVIDIA's own software, under a licence agreement between NVIDIA and you.`,
    'It is not open source: the agreement says what you may use it for, on what hardware, and what you may pass on.',
    `Read it in full before you accept: ${address}`,
    'Its libraries are fetched from NVIDIA onto this machine. Enginebench brings and passes on none of them.',
  ].join('\n\n')
  return { spdx, title: `Licence agreement for NVIDIA ${product}`, text }
}

/** Null for a backend that asks for no consent. */
export function licenceTextOf(backend: BackendId): LicenceText | null {
  if (backend === 'ultralytics') return ultralytics
  return ofNvidia(backend, backendLabels[backend])
}
