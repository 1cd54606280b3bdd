// Compiled validators would need `eval`, which the page's policy forbids. Import this before anything that makes a
// schema: a schema decides when it is made.
import { z } from 'zod'

z.config({ jitless: true })
