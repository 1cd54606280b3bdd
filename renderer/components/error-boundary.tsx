// Keeps an error in one part of the window out of all other parts: says where that part would be that it failed, until
// the user tries again or another place is shown. The error itself is on the console.
import { Component } from 'react'
import { errorRecord } from '../format/error.ts'
import { Button } from './button.tsx'
import { RemedyStrip } from './remedy-strip.tsx'

interface ErrorBoundaryProps {
  /** `The Results screen`: begins the sentence that says what failed. */
  readonly part: string
  /** Another place is tried again by itself. */
  readonly place?: string
  /** Instead of the words: for a part that has something to show without its data. */
  readonly fallback?: React.ReactNode
  readonly children: React.ReactNode
}

interface ErrorBoundaryState {
  readonly failed: boolean
  readonly error: unknown
}

const intact: ErrorBoundaryState = { failed: false, error: null }

export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state = intact

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { failed: true, error }
  }

  override componentDidUpdate({ place }: ErrorBoundaryProps): void {
    if (this.state.failed && place !== this.props.place) this.setState(intact)
  }

  #openSetup(): void {
    window.location.hash = '#/setup'
    this.setState(intact)
  }

  override render(): React.ReactNode {
    const { part, fallback, children } = this.props
    if (!this.state.failed) return children
    if (fallback !== undefined) return fallback
    const failure = {
      ...errorRecord(this.state.error),
      message: `${part} could not be shown.`,
      remedy: 'Try again, or go to another screen. If it happens again, report it with the cause below.',
    }
    return (
      <>
        <header className="bar" />
        <main className="page" aria-label={part}>
          <RemedyStrip error={failure}>
            <Button onClick={() => this.setState(intact)}>Try again</Button>
            <Button onClick={() => this.#openSetup()}>Open Setup</Button>
          </RemedyStrip>
        </main>
      </>
    )
  }
}
