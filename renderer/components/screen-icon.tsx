// One line drawing a screen, 14 by 14.
export type ScreenName = 'setup' | 'models' | 'benchmark' | 'results' | 'report'

const drawings: Readonly<Record<ScreenName, React.ReactNode>> = {
  setup: (
    <>
      <rect x="1.5" y="2.5" width="11" height="7" rx="1" />
      <path d="M5 12h4" />
    </>
  ),
  models: <path d="M7 1.500l5 2.800v5.400l-5 2.800-5-2.800V4.300zM2 4.300l5 2.800 5-2.800M7 7.100v5.400" />,
  benchmark: (
    <>
      <circle cx="7" cy="7.800" r="4.900" />
      <path d="M7 7.800V5M5.500 1.300h3" />
    </>
  ),
  results: <path d="M1.500 1.500v11M1.500 3.500h10M1.500 7h6.500M1.500 10.500h4" />,
  report: <path d="M3 1.500h5.500L11 4v8.500H3zM5 7h4M5 9.500h4" />,
}

export function ScreenIcon({ name }: { readonly name: ScreenName }) {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {drawings[name]}
    </svg>
  )
}
