// Where things lie inside one run folder. Names are fixed: the command line, the app and readers elsewhere share them.
import { join } from 'node:path'

export const recordName = 'run.json'
/** Present only while a process writes the run: who it is, so that an abandoned run can be told from a live one. */
export const runningName = 'running.json'
export const machineName = 'machine.ndjson'
export const logName = 'log.ndjson'

export const recordFile = (runFolder: string): string => join(runFolder, recordName)
export const runningFile = (runFolder: string): string => join(runFolder, runningName)
export const machineFile = (runFolder: string): string => join(runFolder, machineName)
export const logFile = (runFolder: string): string => join(runFolder, logName)

export const samplesFile = (runFolder: string, groupKey: string, caseKey: string): string =>
  join(runFolder, 'samples', groupKey, `${caseKey}.ndjson`)

/** Flags judged after a block was written; joined to it when samples are read. */
export const flagsFile = (runFolder: string, groupKey: string, caseKey: string): string =>
  join(runFolder, 'samples', groupKey, `${caseKey}.flags.ndjson`)

/** All that belongs to one group alone. */
export const groupFolders = (runFolder: string, groupKey: string): readonly string[] => [
  join(runFolder, 'samples', groupKey),
  join(runFolder, 'outputs', groupKey),
]

export const outputsFolder = (runFolder: string, groupKey: string, caseKey: string): string =>
  join(runFolder, 'outputs', groupKey, caseKey)
