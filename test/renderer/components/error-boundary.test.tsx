// @vitest-environment jsdom
import '../stand-ins.ts'
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ErrorBoundary } from '../../../renderer/components/error-boundary.tsx'

let broken = true

function Part() {
  if (broken) throw new RangeError('Invalid time value')
  return <p>whole</p>
}

beforeEach(() => {
  broken = true
  // React reports what it caught.
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

test('a part that fails says so in its own place, and nothing around it is lost', () => {
  render(
    <>
      <p>beside it</p>
      <ErrorBoundary part="The Runs screen">
        <Part />
      </ErrorBoundary>
    </>,
  )
  expect(screen.getByText('beside it')).toBeTruthy()
  expect(screen.getByRole('alert').textContent).toContain('The Runs screen could not be shown.')
  expect(screen.getByRole('alert').textContent).toContain('cause: Invalid time value')
})

test('it is tried again when the user asks, and when another place is shown', () => {
  const shown = (place: string) => (
    <ErrorBoundary part="The Results screen" place={place}>
      <Part />
    </ErrorBoundary>
  )
  const { rerender } = render(shown('run-a'))
  broken = false
  rerender(shown('run-a'))
  expect(screen.queryByText('whole')).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(screen.getByText('whole')).toBeTruthy()

  broken = true
  rerender(shown('run-a'))
  expect(screen.queryByText('whole')).toBeNull()
  broken = false
  rerender(shown('run-b'))
  expect(screen.getByText('whole')).toBeTruthy()
})

test('a part that has something to show without its data shows that', () => {
  render(
    <ErrorBoundary part="The rail" fallback={<p>links</p>}>
      <Part />
    </ErrorBoundary>,
  )
  expect(screen.getByText('links')).toBeTruthy()
})
