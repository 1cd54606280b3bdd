// Licences that a user must read before a backend is installed, in full. Nothing under them is part of this app.
import agpl from 'spdx-license-list/licenses/AGPL-3.0.json' with { type: 'json' }
import type { BackendId } from '../../shared/domain/backend.ts'

export interface LicenceText {
  readonly spdx: string
  readonly title: string
  readonly text: string
}

const ultralytics: LicenceText = { spdx: 'AGPL-3.0', title: agpl.name, text: agpl.licenseText }

/** Null for a backend that asks for no consent. */
export function licenceTextOf(backend: BackendId): LicenceText | null {
  return backend === 'ultralytics' ? ultralytics : null
}
