// The outcome of one task, from the collected evidence: the record, by the same rules and summaries as a run, once for
// the whole pipeline and once for inference only; and the samples to recompute them from.

import { join } from 'node:path'
import type { VideoAnalysisPlan } from '../../shared/domain/analyzer.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import type { VideoAnalysisRecord, VideoFileRecord, VideoRecord } from '../../shared/domain/video-record.ts'
import type { PlannedGroup } from '../../shared/planning/expand-plan.ts'
import { videoMarkdown } from '../../shared/report/video-markdown.ts'
import { summarizeGroup } from '../../shared/statistics/group-summary.ts'
import type { RunInputs } from '../inputs/run-inputs.ts'
import { summarizeRunCases } from '../runs/group/group-record.ts'
import type { RunCase } from '../runs/group/run-case.ts'
import { jsonText, writeAtomically } from '../store/atomic-file.ts'
import { samplesFile } from '../store/run-folder.ts'
import { paceOf, type VideoEngine } from './video-engine.ts'

interface AnalysisEvidence {
  readonly analysis: VideoAnalysisPlan
  readonly manifest: ModelManifest
  readonly plan: Plan
  readonly group: PlannedGroup
  readonly runCases: readonly RunCase[]
  readonly engines: readonly VideoEngine[]
  readonly inputs: RunInputs
  readonly files: readonly VideoFileRecord[]
}

export interface AnalysisOutcome {
  readonly record: VideoAnalysisRecord
  /** The measured samples, by group and case, for recomputing the summaries. */
  readonly samples: readonly {
    readonly groupKey: string
    readonly caseKey: string
    readonly blocks: readonly SampleBlock[]
  }[]
  readonly versions: Readonly<Record<string, string>>
  readonly weightsReason: string
  /** Null if it completed; otherwise the caller throws it after the record is written. */
  readonly failure: unknown
}

export function outcomeOf({
  analysis,
  manifest,
  plan,
  group,
  runCases,
  engines,
  inputs,
  files,
}: AnalysisEvidence): Omit<AnalysisOutcome, 'failure'> {
  const { origin, reason } = inputs.weights
  const queryBlocks = new Map(engines.map(({ caseKey, queryBlocks }) => [caseKey, queryBlocks]))
  const pipeline = summarizeRunCases({
    ...{ group, runCases, coResident: true, noiseFloor: null, margin: null },
    blocksOf: (caseKey) => queryBlocks.get(caseKey) ?? [],
    weights: origin,
    inputSha256: inputs.input.sha256,
  })
  const inferBlocks = new Map(engines.map(({ caseKey, inferBlocks }) => [caseKey, inferBlocks]))
  const infer = summarizeGroup(
    { ...pipeline, groupKey: `${group.groupKey}-infer` },
    (caseKey) => inferBlocks.get(caseKey) ?? [],
  )
  const chosen = engines.find(({ runCase }) => runCase.candidate === plan.candidates[0]) ?? engines[0]
  return {
    record: {
      task: analysis.task,
      modelId: manifest.id,
      modelName: manifest.name,
      resultsOf: chosen?.caseKey ?? null,
      groups: [pipeline, infer],
      engines: engines.map(({ caseKey, pace }) => paceOf(caseKey, pace)),
      files: [...files],
    },
    samples: engines.flatMap(({ caseKey, queryBlocks: queries, inferBlocks: blocks }) => [
      { groupKey: pipeline.groupKey, caseKey, blocks: queries },
      { groupKey: infer.groupKey, caseKey, blocks },
    ]),
    versions: Object.assign({}, ...runCases.map(({ prepared }) => prepared?.versions ?? {})),
    weightsReason: reason,
  }
}

// What an analysis writes next to its Parquet files: samples/<groupKey>/<caseKey>.ndjson as in a run, report.md and,
// last, summary.json.

export async function writeVideoFolder(
  folder: string,
  record: VideoRecord,
  outcomes: readonly AnalysisOutcome[],
): Promise<void> {
  for (const { groupKey, caseKey, blocks } of outcomes.flatMap(({ samples }) => samples)) {
    const lines = blocks.map((block) => `${JSON.stringify(block)}\n`)
    if (lines.length > 0) await writeAtomically(samplesFile(folder, groupKey, caseKey), lines.join(''))
  }
  await writeAtomically(join(folder, 'report.md'), videoMarkdown(record))
  await writeAtomically(join(folder, 'summary.json'), jsonText(record))
}
