// The folders of the app; electron/system/paths.ts chooses them. All absolute.
export interface Paths {
  /** Runs, settings, environments. `ENGINEBENCH_HOME`, else the platform's data folder for users. */
  readonly dataFolder: string
  readonly runsFolder: string
  /** Preprocessed inputs, copies of own models, engines that libraries build: content-addressed, safe to delete. */
  readonly cacheFolder: string
  /** Artifacts of conversions: one folder per artifact, named by its key. */
  readonly artifactsFolder: string
  /** Records of requested conversions, so that the queue survives a restart. */
  readonly conversionsFolder: string
  /** Noise floors of this machine, and the comparisons behind them. */
  readonly noiseFloorsFolder: string
  /** One folder per sweep. */
  readonly sweepsFolder: string
  readonly environmentsFolder: string
  readonly logsFolder: string
  /** Shipped with the app, read-only: models/ and its samples/. */
  readonly modelsFolder: string
  readonly samplesFolder: string
  /** electron/python: the worker package. */
  readonly pythonPackageFolder: string
  /** Bundled worker of onnxruntime-node. */
  readonly nodeWorkerFile: string
  /** The program that samples the machine while a run measures. */
  readonly samplingWorkerFile: string
  /** How a user starts the command line, before its words. */
  readonly commandLine: string
}
