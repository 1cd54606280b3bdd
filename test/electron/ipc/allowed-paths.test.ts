import { describe, expect, it } from 'vitest'
import { createAllowedPaths } from '../../../electron/ipc/allowed-paths.ts'
import { fakePlan } from '../../fakes/run-record.ts'

const folder = (imageFolder: string) => fakePlan({ imageFolder })

describe('the paths that the window may name', () => {
  it('are those a dialog returned', () => {
    const paths = createAllowedPaths([])
    paths.allow('/photos/trip')
    expect(() => paths.check(folder('/photos/trip'))).not.toThrow()
    expect(() => paths.check(folder('/photos/trip/'))).not.toThrow()
  })

  it('are those of the last accepted plan', () => {
    const paths = createAllowedPaths([])
    paths.allowPlan(folder('/photos/trip'))
    expect(() => paths.check(folder('/photos/trip'))).not.toThrow()
  })

  it('are those that ship with the app', () => {
    expect(() => createAllowedPaths(['/app/models']).check(folder('/app/models/samples'))).not.toThrow()
  })

  it('are none in a plan without paths', () => {
    expect(() => createAllowedPaths([]).check(fakePlan())).not.toThrow()
  })

  it.each([
    '/photos',
    '/photos/trip/private',
    '/photos/trip/../private',
    '/app/models-old',
    '/app/models/../secret',
    'trip',
  ])('are not %s', (imageFolder) => {
    const paths = createAllowedPaths(['/app/models'])
    paths.allow('/photos/trip')
    expect(() => paths.check(folder(imageFolder))).toThrow(`The path “${imageFolder}” was not chosen in this window.`)
  })
})
