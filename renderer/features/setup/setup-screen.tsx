// Setup: how many backends are ready, why each other is not, and the button that helps. Nothing here prevents a
// benchmark with the backends that are ready.
import { useState } from 'react'
import type { BackendId, BackendStatus } from '../../../shared/domain/backend.ts'
import type { AppDescription } from '../../../shared/ipc/contract.ts'
import { gpuSettings, hostSettings, settingsLine } from '../../../shared/report/machine-settings.ts'
import { Button } from '../../components/button.tsx'
import { Segments } from '../../components/form-fields.tsx'
import { Badge } from '../../components/glyph.tsx'
import { PageHead, TopBar } from '../../components/page-frame.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { FactList } from '../../components/tables.tsx'
import { errorRecord } from '../../format/error.ts'
import { gibibytes } from '../../format/quantity.ts'
import { changeSettings, useAppDescription, useMachine, useSettings } from '../../state/application.ts'
import {
  type InstallChoice,
  isInstalling,
  useBackends,
  useCancelInstallation,
  useCheckBackendsAgain,
  useInstall,
  useInstallation,
  usePythonEnvironments,
} from '../../state/backends.ts'
import { goTo } from '../../state/place.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { BackendTable } from './backend-table.tsx'
import {
  type EngineEnvironment,
  EngineModal,
  engineEnvironmentOf,
  InstallModal,
  LicenceModal,
  LogModal,
} from './install-modals.tsx'
import { NoiseFloorPanel } from './noise-floor-panel.tsx'
import { PythonPanel } from './python-panel.tsx'

type Dialog =
  | { readonly kind: 'install'; readonly repair: boolean }
  | { readonly kind: 'engine'; readonly environment: EngineEnvironment; readonly repair: boolean }
  | { readonly kind: 'licence'; readonly backend: BackendId; readonly choice: InstallChoice }
  | { readonly kind: 'log' }

export function SetupScreen() {
  const app = useAppDescription()
  const machine = useMachine()
  const backends = useBackends()
  const again = useCheckBackendsAgain()
  const theme = useSettings(({ settings }) => settings.theme)
  const { progress } = useInstallation()
  const install = useInstall()
  const environments = usePythonEnvironments()
  const cancel = useCancelInstallation()
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const installing = isInstalling(progress)
  const close = () => setDialog(null)

  useScreenKeys([
    { keys: ['R'], label: 'check again', bindings: { r: () => again.mutate() } },
    { keys: ['L'], label: 'log', bindings: { l: () => setDialog({ kind: 'log' }) } },
    ...(installing ? [{ keys: ['Esc'], label: 'cancel', bindings: { escape: () => cancel.mutate() } }] : []),
  ])

  const known = backends.data ?? []
  const ready = known.filter(({ available }) => available)
  const failure = backends.error ?? again.error ?? install.error
  return (
    <>
      <TopBar crumbs={['Setup']}>
        {app.data?.runtimeNotice && <Badge tone="warn">{app.data.runtimeNotice}</Badge>}
        <Segments
          label="Theme"
          value={theme}
          segments={[
            { value: 'dark', label: 'Dark' },
            { value: 'light', label: 'Light' },
            { value: 'system', label: 'System' },
          ]}
          onChange={(value) => void changeSettings({ theme: value })}
        />
      </TopBar>
      <main className="page" aria-label="Setup">
        <PageHead
          number={
            backends.data ? (
              <>
                {ready.length}
                <small> of {known.length}</small>
              </>
            ) : (
              <small>…</small>
            )
          }
          statement={backends.data ? readyStatement(ready) : 'Checking what every backend can do here.'}
          explanation={backends.data && explanation(known, installing)}
          actions={
            <>
              <Button onClick={() => again.mutate()} shortcut="R" disabled={again.isPending}>
                {again.isPending ? 'Checking' : 'Check again'}
              </Button>
              <Button kind="primary" onClick={() => goTo('benchmark')} shortcut="3">
                Open Benchmark
              </Button>
            </>
          }
        />
        {app.data?.runtimeNotice && (
          <div className="strip warn" role="status">
            <div>
              <b>This window runs on a {app.data.runtimeNotice}.</b>{' '}
              <span className="quiet">
                The official Electron could not be fetched. Measurements are unaffected; install the official build for
                security updates.
              </span>
            </div>
          </div>
        )}
        {failure && <RemedyStrip error={errorRecord(failure)} />}
        <BackendTable
          backends={known}
          installing={installing ? (progress?.environment ?? null) : null}
          onInstall={() => setDialog({ kind: 'install', repair: false })}
          environments={environments.data ?? []}
          onInstallEngine={(backend) => {
            const environment = engineEnvironmentOf(backend)
            if (environment) setDialog({ kind: 'engine', environment, repair: false })
          }}
          onReadLicence={(backend) => setDialog({ kind: 'licence', backend, choice: ultralytics })}
        />
        <div className="setup-panels divided">
          <MachineFacts app={app.data ?? null} />
          <PythonPanel
            onInstall={(repair) => setDialog({ kind: 'install', repair })}
            onLog={() => setDialog({ kind: 'log' })}
            onCancel={() => cancel.mutate()}
            cancelling={cancel.isPending}
            onRepairEngine={(environment) => setDialog({ kind: 'engine', environment, repair: true })}
          />
          <NoiseFloorPanel hasGpu={(machine.data?.gpus.length ?? 0) > 0} />
        </div>
      </main>
      {dialog?.kind === 'install' && (
        <InstallModal
          repair={dialog.repair}
          onClose={close}
          onInstall={(torchSource) => {
            install.mutate({ environment: 'main', torchSource, acceptedLicences: [], repair: dialog.repair })
            close()
          }}
        />
      )}
      {dialog?.kind === 'engine' && (
        <EngineModal
          environment={dialog.environment}
          repair={dialog.repair}
          licence={known.find(({ id }) => id === dialog.environment)?.licence ?? null}
          onClose={close}
          onReadLicence={(choice) => setDialog({ kind: 'licence', backend: dialog.environment, choice })}
          onInstall={(choice) => {
            install.mutate(choice)
            close()
          }}
        />
      )}
      {dialog?.kind === 'licence' && (
        <LicenceModal
          backend={dialog.backend}
          onClose={close}
          onAccept={(spdx) => {
            install.mutate({ ...dialog.choice, acceptedLicences: [spdx] })
            close()
          }}
        />
      )}
      {dialog?.kind === 'log' && <LogModal onClose={close} />}
    </>
  )
}

const ultralytics: InstallChoice = { environment: 'yolo', torchSource: null, acceptedLicences: [], repair: false }

function readyStatement(ready: readonly BackendStatus[]): string {
  const baseline = ready.some(({ id }) => id === 'torch-eager')
  const noun = ready.length === 1 ? 'backend is ready' : 'backends are ready'
  return baseline ? `${noun}, including the PyTorch baseline.` : `${noun}. PyTorch, the usual baseline, is not.`
}

function explanation(known: readonly BackendStatus[], installing: boolean): string {
  const waiting = known.filter(({ available }) => !available).length
  const need = waiting === 0 ? 'All of them work here.' : `${waiting} cannot run yet; the table says why.`
  return `${installing ? 'An installation is running. ' : ''}${need} You can start a benchmark now.`
}

/** This machine, as stored in every record. */
function MachineFacts({ app }: { readonly app: AppDescription | null }) {
  const machine = useMachine()
  const facts: (readonly [string, string])[] = []
  if (machine.data) {
    const { gpus, cpuModel, physicalCores, logicalCores, memoryBytes, os, kernel, cpuGovernor } = machine.data
    facts.push(['GPU', gpus.length > 0 ? gpus.map(({ name }) => name).join(', ') : 'none found'])
    for (const gpu of gpus) {
      const { driver, memoryBytes: gpuBytes } = gpu
      if (gpuBytes !== null) facts.push(['GPU memory', gibibytes(gpuBytes)])
      if (driver) facts.push(['Driver', driver])
      const set = settingsLine(gpuSettings(gpu))
      if (set !== null) facts.push(['GPU state', set])
    }
    facts.push(['CPU', cpuModel])
    facts.push(['Cores', `${physicalCores} cores, ${logicalCores} threads`])
    facts.push(['Clock governor', cpuGovernor ?? 'not readable'])
    const set = settingsLine(hostSettings(machine.data))
    if (set !== null) facts.push(['Machine state', set])
    facts.push(['Memory', gibibytes(memoryBytes)])
    facts.push(['System', `${os}, ${kernel}`])
    if (machine.data.virtualMachine !== null) {
      facts.push(['Virtual machine', machine.data.virtualMachine ? 'yes: expect more noise' : 'no'])
    }
    if (machine.data.onBattery) facts.push(['Power', 'on battery: plug in before measuring'])
  }
  if (app) facts.push(['Enginebench', `${app.version}, Electron ${app.electron}`], ['Data folder', app.dataFolder])
  return (
    <section aria-label="This machine">
      <h2>This machine</h2>
      <FactList facts={facts} />
    </section>
  )
}
