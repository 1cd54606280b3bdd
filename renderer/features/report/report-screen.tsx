// Report: a preview, and the files it can be written to.
import { useState } from 'react'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import type { ReportFormat } from '../../../shared/ipc/contract.ts'
import { Button } from '../../components/button.tsx'
import { Segments } from '../../components/form-fields.tsx'
import { TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { moment } from '../../format/quantity.ts'
import { goTo, useShownRunId } from '../../state/place.ts'
import { type PreviewFormat, useExport, usePreview, useRunRecord } from '../../state/runs.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'

const formats: Readonly<Record<ReportFormat, { readonly title: string; readonly note: string }>> = {
  json: { title: 'JSON', note: 'benchmark_results.json: the full record, for programs' },
  md: { title: 'Markdown', note: 'for a pull request' },
  html: { title: 'HTML', note: 'one file, charts included' },
  pdf: { title: 'PDF', note: 'the same, for printing' },
  csv: { title: 'CSV', note: 'one row per candidate, for spreadsheets' },
}
const formatNames = Object.keys(formats) as readonly ReportFormat[]

const previewLabels: Readonly<Record<PreviewFormat, string>> = {
  md: 'Report',
  csv: 'CSV',
  json: 'JSON',
  html: 'HTML source',
}
const previews = (Object.keys(previewLabels) as readonly PreviewFormat[]).map((value) => ({
  value,
  label: previewLabels[value],
}))

const longestPreview = 60_000
/** Markdown is drawn element by element; a longer one is shown as text. */
const longestDrawn = 300_000

export function ReportScreen() {
  const runId = useShownRunId()
  const record = useRunRecord(runId)
  const [previewed, setPreviewed] = useState<PreviewFormat>('md')
  const preview = usePreview(runId, previewed)
  const exporting = useExport()
  const [chosen, setChosen] = useState(formatNames)
  const write = () => {
    if (runId && chosen.length > 0) exporting.mutate({ runId, formats: chosen })
  }
  useScreenKeys(runId ? [{ keys: ['E'], label: 'export', bindings: { e: write } }] : [])
  const error = record.error ?? preview.error ?? exporting.error
  const crumbs = record.data ? ['Report', record.data.modelName, moment(record.data.createdAt)] : ['Report']
  return (
    <>
      <TopBar crumbs={crumbs} />
      <main className="page report" aria-label="Report">
        {!runId && (
          <div className="empty">
            <h1>No run to report on yet</h1>
            <p className="statement quiet">Run a benchmark first. Its report appears here.</p>
            <Button kind="primary" tall onClick={() => goTo('benchmark')}>
              Open Benchmark
            </Button>
          </div>
        )}
        {error && <RemedyStrip error={errorRecord(error)} />}
        {runId && (
          <div className="report-columns">
            <section aria-label="Preview">
              <Segments label="Preview" value={previewed} segments={previews} onChange={setPreviewed} />
              <div className="paper" aria-busy={preview.isFetching}>
                {preview.data && <Preview format={previewed} text={preview.data.text} />}
              </div>
            </section>
            <section aria-label="Export" className="export-panel">
              <h2>Export</h2>
              {formatNames.map((format) => (
                <label key={format}>
                  <input
                    type="checkbox"
                    checked={chosen.includes(format)}
                    onChange={(event) =>
                      setChosen(event.target.checked ? [...chosen, format] : chosen.filter((each) => each !== format))
                    }
                  />
                  <span>
                    {formats[format].title} <small className="faint">{formats[format].note}</small>
                  </span>
                </label>
              ))}
              <Button kind="primary" onClick={write} shortcut="E" disabled={chosen.length === 0 || exporting.isPending}>
                {exporting.isPending ? 'Exporting' : 'Export to a folder'}
              </Button>
              {exporting.data && (
                <div className="small" role="status">
                  <p className="quiet">Written to {exporting.data.folder}</p>
                  <ul className="mono">
                    {exporting.data.files.map((file) => (
                      <li key={file}>{file}</li>
                    ))}
                  </ul>
                </div>
              )}
            </section>
          </div>
        )}
      </main>
    </>
  )
}

function Preview({ format, text }: { readonly format: PreviewFormat; readonly text: string }) {
  if (format === 'md' && text.length <= longestDrawn) {
    return (
      <article className="markdown">
        <ReactMarkdown remarkPlugins={[remarkGfm]}>{text}</ReactMarkdown>
      </article>
    )
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable by keyboard
    <pre className="mono" tabIndex={0}>
      {text.slice(0, longestPreview)}
      {text.length > longestPreview ? '\n… the rest is in the exported file' : ''}
    </pre>
  )
}
