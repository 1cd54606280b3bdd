// Models: a row a model, what it is, what ships with it, and the benchmark that it can enter now.
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { TopBar } from '../../components/top-bar.tsx'
import { errorRecord } from '../../format/error.ts'
import { useBackends } from '../../state/backends.ts'
import { chooseModelFile, useArtifacts, useChosenFiles, useModels } from '../../state/models.ts'
import { goTo } from '../../state/place.ts'
import { chooseModel } from '../../state/plan-draft.ts'
import { useScreenKeys } from '../../state/screen-keys.ts'
import { ModelCard } from './model-card.tsx'

export function ModelsScreen() {
  const models = useModels()
  const artifacts = useArtifacts()
  const backends = useBackends()
  const { files } = useChosenFiles()
  const [failure, setFailure] = useState<unknown>(null)
  const ready = (backends.data ?? []).filter(({ available }) => available).map(({ id }) => id)
  const add = () => {
    setFailure(null)
    chooseModelFile().catch(setFailure)
  }
  useScreenKeys([{ keys: ['N'], label: 'add an .onnx file', bindings: { n: add } }])
  const all = [
    ...files.map(({ file, manifest }) => ({ model: file, manifest })),
    ...(models.data ?? []).map((manifest) => ({ model: manifest.id, manifest })),
  ]
  const error = models.error ?? failure
  return (
    <>
      <TopBar crumbs={['Models']}>
        <Button onClick={add} shortcut="N">
          Add model
        </Button>
      </TopBar>
      <main className="page" aria-label="Models">
        <h1 className="models-title">{models.data ? `${all.length} models to measure` : 'Reading the models'}</h1>
        <p className="quiet">
          Shipped manifests say what each model takes and gives. What a benchmark needs in ONNX is exported when it
          starts, checked against PyTorch, and kept.
        </p>
        {error != null && <RemedyStrip error={errorRecord(error)} />}
        <ul className="models">
          {all.map(({ model, manifest }) => (
            <ModelCard
              key={model}
              manifest={manifest}
              artifacts={(artifacts.data ?? []).filter(({ modelId }) => modelId === manifest.id)}
              ready={ready}
              onBenchmark={() => {
                chooseModel(model, manifest, ready)
                goTo('benchmark')
              }}
            />
          ))}
        </ul>
      </main>
    </>
  )
}
