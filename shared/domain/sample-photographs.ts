// The manifest of the shipped photographs (models/samples/samples.json), grouped by the photograph that each file was
// made from: crops of one photograph are one entry. Only licences that allow shipping them with attribution.
import { z } from 'zod'

export const samplePhotographSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  author: z.string().min(1),
  /** SPDX id; `public-domain` if the author gave up the rights or never had any. */
  licence: z.enum(['public-domain', 'CC0-1.0', 'CC-BY-2.0']),
  /** Where it was published, as its distributor names it. */
  source: z.string().min(1),
  /** The package that it was taken from: `scikit-image 0.26.0`. */
  distributor: z.string().min(1),
  /** Names of JPEG files next to the manifest, the whole photograph first. */
  files: z
    .array(z.object({ name: z.string().regex(/^[a-z0-9-]+\.jpg$/), sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
    .min(1),
})
export type SamplePhotograph = z.infer<typeof samplePhotographSchema>

export const samplePhotographsSchema = z.array(samplePhotographSchema).min(1)
