// A sha256, short to look at and whole to copy: Ctrl C while it has the focus, or a click.
import { useState } from 'react'
import { copyText } from './clipboard.ts'

export function HashLine({ sha256 }: { readonly sha256: string }) {
  const [copied, setCopied] = useState(false)
  const copy = () => setCopied(copyText(sha256))
  return (
    <dl className="facts hash-line">
      <dt>sha256</dt>
      <dd>
        <button
          type="button"
          className="mono"
          title={`${sha256}: copy it whole`}
          onClick={copy}
          onKeyDown={(event) => {
            if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c') copy()
          }}
        >
          {copied ? 'copied' : `${sha256.slice(0, 4)} ${sha256.slice(4, 8)} … ${sha256.slice(-4)}`}
        </button>
      </dd>
    </dl>
  )
}
