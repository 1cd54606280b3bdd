// Paths of the app and its data, determined once at the start. Absolute; nothing is created here.
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { Paths } from './application-paths.ts'

interface PathSources {
  /** Contains package.json and out/: the clone, or app.asar when packaged. */
  readonly applicationFolder: string
  /** Contains models/ and electron/python/ as plain files: the clone, or the package's resources folder. */
  readonly shippedFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
}

export function pathsIn(applicationFolder: string, shippedFolder = shippedFolderOf(applicationFolder)): Paths {
  return resolvePaths({
    applicationFolder,
    shippedFolder,
    environment: process.env,
    platform: process.platform,
    home: homedir(),
  })
}

/** The packaged app has its command line among the files that are unpacked from app.asar. */
export function isInPackagedApp(applicationFolder: string): boolean {
  return basename(applicationFolder) === 'app.asar.unpacked'
}

/** By a package of the system, as an AppImage, or by npm, as opposed to a clone. */
function isInstalled(applicationFolder: string): boolean {
  return /[\\/](node_modules|app\.asar|app\.asar\.unpacked)([\\/]|$)/.test(applicationFolder)
}

export function shippedFolderOf(applicationFolder: string): string {
  return isInPackagedApp(applicationFolder) ? dirname(applicationFolder) : applicationFolder
}

export function resolvePaths(sources: PathSources): Paths {
  const dataFolder = resolve(sources.environment.ENGINEBENCH_HOME || platformDataFolder(sources))
  const modelsFolder = join(sources.shippedFolder, 'models')
  return {
    dataFolder,
    runsFolder: join(dataFolder, 'runs'),
    cacheFolder: join(dataFolder, 'cache'),
    artifactsFolder: join(dataFolder, 'artifacts'),
    conversionsFolder: join(dataFolder, 'conversions'),
    noiseFloorsFolder: join(dataFolder, 'noise-floors'),
    sweepsFolder: join(dataFolder, 'sweeps'),
    environmentsFolder: join(dataFolder, 'environments'),
    logsFolder: join(dataFolder, 'logs'),
    modelsFolder,
    samplesFolder: join(modelsFolder, 'samples'),
    pythonPackageFolder: join(sources.shippedFolder, 'electron', 'python'),
    nodeWorkerFile: join(sources.applicationFolder, 'out', 'workers', 'onnxruntime-node-worker.cjs'),
    samplingWorkerFile: join(sources.applicationFolder, 'out', 'workers', 'sampling-worker.cjs'),
    commandLine: isInstalled(sources.applicationFolder) ? 'enginebench' : 'npm run enginebench --',
  }
}

function platformDataFolder({ environment, platform, home }: PathSources): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'enginebench')
  if (platform === 'win32') return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'enginebench')
  return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'enginebench')
}
