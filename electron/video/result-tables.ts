// Results of one video as Parquet, from the parts that workers wrote, and the agreement of two engines' results. DuckDB
// reads and writes; its native library is loaded here, so that commands without videos never need it. A table gets its
// name only when it is complete.
import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { VideoTask } from '../../shared/domain/analyzer.ts'
import type { DetectionAgreement } from '../../shared/domain/parity.ts'
import { detectionAgreement, type ScoredBox } from '../../shared/statistics/detections.ts'
import { syncFile, syncFolder, writing } from '../store/atomic-file.ts'

const columns = {
  frames: `{frame: 'INTEGER', timeS: 'DOUBLE', results: 'INTEGER'}`,
  embeddings: `{frame: 'INTEGER', timeS: 'DOUBLE', embedding: 'FLOAT[]'}`,
  detections: `{frame: 'INTEGER', timeS: 'DOUBLE', classId: 'INTEGER', className: 'VARCHAR', score: 'FLOAT',
    "left": 'FLOAT', top: 'FLOAT', "right": 'FLOAT', bottom: 'FLOAT'}`,
} as const

const selections = {
  frames: 'frame, timeS AS time_s, results',
  embeddings: 'frame, timeS AS time_s, embedding',
  detections: `frame, timeS AS time_s, classId AS class_id, className AS class_name, score,
    "left" AS left_px, top AS top_px, "right" AS right_px, bottom AS bottom_px`,
} as const

/** @param parts folder of one engine's parts; `<task>.parquet` and `<task>-frames.parquet` are put into `target`. */
export async function writeTables(parts: string, task: VideoTask, target: string): Promise<readonly string[]> {
  const tables = [
    {
      name: `${task}.parquet`,
      table: task,
      files: 'results',
      order: task === 'detections' ? 'frame, score DESC' : 'frame',
    },
    { name: `${task}-frames.parquet`, table: 'frames', files: 'frames', order: 'frame' },
  ] as const
  await withConnection(async (connection) => {
    for (const { name, table, files, order } of tables) {
      const source = rowsOf(parts, files, columns[table])
      const copy = `COPY (SELECT ${selections[table]} FROM ${source} ORDER BY ${order})
        TO ${literal(join(parts, name))} (FORMAT parquet, COMPRESSION zstd)`
      await writing(join(parts, name), () => connection.run(copy))
    }
  })
  return writing(target, async () => {
    await mkdir(target, { recursive: true })
    const written: string[] = []
    for (const { name } of tables) {
      await syncFile(join(parts, name))
      await rename(join(parts, name), join(target, name))
      written.push(join(target, name))
    }
    await syncFolder(target)
    await syncFolder(dirname(target))
    return written
  })
}

/** Over the frames that both have. Null if there are none. */
export async function embeddingAgreement(
  reference: string,
  candidate: string,
): Promise<{ readonly mean: number; readonly smallest: number } | null> {
  return withConnection(async (connection) => {
    const table = (parts: string) => rowsOf(parts, 'results', columns.embeddings)
    const reader = await connection.runAndReadAll(`
      SELECT avg(cosine), min(cosine) FROM (
        SELECT least(1, list_cosine_similarity(one.embedding, other.embedding)) AS cosine
        FROM ${table(reference)} AS one JOIN ${table(candidate)} AS other USING (frame))`)
    const [mean, smallest] = reader.getRowsJS()[0] ?? []
    return typeof mean === 'number' && typeof smallest === 'number' ? { mean, smallest } : null
  })
}

export async function boxAgreement(reference: string, candidate: string): Promise<DetectionAgreement> {
  return withConnection(async (connection) => {
    const [expected, found] = [await boxesByFrame(connection, reference), await boxesByFrame(connection, candidate)]
    const frames = [...new Set([...expected.keys(), ...found.keys()])].sort((left, right) => left - right)
    return detectionAgreement(
      frames.map((frame) => expected.get(frame) ?? []),
      frames.map((frame) => found.get(frame) ?? []),
    )
  })
}

async function boxesByFrame(connection: DuckDBConnection, parts: string): Promise<ReadonlyMap<number, ScoredBox[]>> {
  const reader = await connection.runAndReadAll(`
    SELECT frame, classId, score, "left", top, "right", bottom
    FROM ${rowsOf(parts, 'results', columns.detections)} ORDER BY frame, score DESC`)
  const boxes = new Map<number, ScoredBox[]>()
  for (const row of reader.getRowsJS()) {
    const [frame = 0, label = 0, score = 0, left = 0, top = 0, right = 0, bottom = 0] = row.map(Number)
    const ofFrame = boxes.get(frame) ?? []
    ofFrame.push({ label, score, left, top, right, bottom })
    boxes.set(frame, ofFrame)
  }
  return boxes
}

function rowsOf(parts: string, name: 'frames' | 'results', types: string): string {
  const pattern = join(parts.replace(/[*?[]/g, '[$&]'), `${name}-*.ndjson`)
  return `read_json(${literal(pattern)}, format = 'newline_delimited', columns = ${types})`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

async function withConnection<Result>(use: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  try {
    const connection = await instance.connect()
    try {
      return await use(connection)
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}
