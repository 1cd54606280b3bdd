// Compiled validators would need `eval`, which the page's policy forbids. Import this before any module that creates a
// schema: a schema decides when it is created.
import { z } from 'zod'

z.config({ jitless: true })
