// Opens an .onnx file dropped anywhere on the window as a model. While something is dragged over the window, it says
// so.
import { useEffect, useRef, useState } from 'react'
import { BenchError } from '../shared/domain/bench-error.ts'
import { RemedyStrip } from './components/remedy-strip.tsx'
import { errorRecord } from './format/error.ts'
import { chooseRow, openDroppedFile } from './state/models.ts'
import { goTo } from './state/place.ts'

export function DropZone() {
  const [over, setOver] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  // Entering a child leaves its parent: the pointer has left the window once leaves equal enters.
  const depth = useRef(0)
  useEffect(() => {
    const bears = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const enter = (event: DragEvent) => {
      if (!bears(event)) return
      depth.current += 1
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!bears(event)) return
      depth.current = Math.max(0, depth.current - 1)
      if (depth.current === 0) setOver(false)
    }
    const allow = (event: DragEvent) => {
      if (bears(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      if (!bears(event)) return
      event.preventDefault()
      depth.current = 0
      setOver(false)
      setFailure(null)
      take(event.dataTransfer?.files ?? null).catch(setFailure)
    }
    window.addEventListener('dragenter', enter)
    window.addEventListener('dragleave', leave)
    window.addEventListener('dragover', allow)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragenter', enter)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('dragover', allow)
      window.removeEventListener('drop', drop)
    }
  }, [])
  return (
    <>
      {over && (
        <div className="drop-overlay" role="status">
          <p>
            <b>Drop to open the .onnx file as a model</b>
            <span className="quiet">The file is checked first, and stays where it is.</span>
          </p>
        </div>
      )}
      {failure != null && (
        <div className="drop-failure">
          <RemedyStrip error={errorRecord(failure)}>
            <button type="button" className="button" onClick={() => setFailure(null)}>
              Close
            </button>
          </RemedyStrip>
        </div>
      )}
    </>
  )
}

async function take(files: FileList | null): Promise<void> {
  const dropped = [...(files ?? [])]
  // For any other file the application says what it is and what to do instead.
  const file = dropped.find(({ name }) => name.toLowerCase().endsWith('.onnx')) ?? dropped[0]
  if (!file) {
    throw new BenchError({
      code: 'bad-model-file',
      stage: 'inputs',
      message: 'The dropped item is not a file.',
      remedy: 'Drop one .onnx file. Its external data must be in the same folder.',
    })
  }
  const chosen = await openDroppedFile(file)
  chooseRow(`model ${chosen.file}`)
  goTo('models')
}
