// The mark: three bars, each a little shorter.
export function Brand() {
  return (
    <div className="brand">
      <svg width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
        <rect x="1" y="2" width="14" height="2.6" />
        <rect x="1" y="6.7" width="9" height="2.6" opacity="0.62" />
        <rect x="1" y="11.4" width="5" height="2.6" opacity="0.36" />
      </svg>
      Enginebench
    </div>
  )
}
