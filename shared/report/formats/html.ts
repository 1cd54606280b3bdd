// One self-contained page: charts as inline SVG, no script, nothing fetched, and a policy that forbids both. Prints on
// A4. The template itself escapes all outside text.
import type { RunRecord } from '../../domain/run.ts'
import { throughputChart } from '../charts/throughput-chart.ts'
import { Markup, markup, nothing } from '../markup.ts'
import { figuresTable } from '../page/figures-table.ts'
import { groupSection } from '../page/group-section.ts'
import { passMarkup } from '../page/pass-markup.ts'
import { style } from '../page/style.ts'
import { passSections } from '../pass-sections.ts'
import { absentFigures, type Fact, machineFacts, methodFacts, runBanners } from '../run-facts.ts'
import type { ReportFormatDefinition } from './report-format.ts'

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

export const htmlFormat: ReportFormatDefinition = {
  fileName: 'report.html',
  render: ({ record }) => page(record).text,
}

function page(record: RunRecord): Markup {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${record.modelName}: Enginebench report</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header><h1>${record.modelName}</h1><p class="when">${record.createdAt.slice(0, 16).replace('T', ' ')} UTC · ${record.plan.preset} · ${record.state}</p></header>
${runBanners(record).map((banner) => markup`<p class="banner">${banner}</p>`)}
${record.groups.map((group) => groupSection(record, group))}
${throughput(record)}
${passSections(record).map((section) => passMarkup(section, record))}
<section><h2>All figures <small>with their intervals</small></h2>${figuresTable(record)}</section>
${absences(record)}
<section><h2>How it was measured</h2>${facts(methodFacts(record))}${notes(record)}</section>
<section><h2>Machine</h2>${facts(machineFacts(record))}</section>
<section><h2>Repeat it</h2><pre>${record.command}</pre></section>
<footer>Enginebench ${record.fingerprint.enginebenchVersion} · run ${record.runId} · not an MLPerf result</footer>
</body>
</html>
`
}

function throughput(record: RunRecord): Markup {
  if (record.groups.length < 2) return nothing
  const words = record.simulated ? ', simulated' : ''
  return markup`<section class="chart"><h2>Throughput by batch size <small>images / s, median over blocks with its interval${words}</small></h2>${throughputChart(record)}</section>`
}

function absences(record: RunRecord): Markup {
  const absent = absentFigures(record)
  if (absent.length === 0) return nothing
  return markup`<section><h2>Not measured</h2><ul class="reasons">${absent.map(({ what, reason }) => markup`<li><b>${what}</b>: ${reason}</li>`)}</ul></section>`
}

function facts(pairs: readonly Fact[]): Markup {
  return markup`<dl class="facts">${pairs.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

function notes({ notes: sentences }: RunRecord): Markup {
  if (sentences.length === 0) return nothing
  return markup`<ul class="reasons">${sentences.map((note) => markup`<li>${note}</li>`)}</ul>`
}
