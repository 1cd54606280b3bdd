// NVIDIA's GPUs as their driver lists them; an empty list where there is no driver. Never throws.
import { execa } from 'execa'
import type { Machine } from '../../shared/domain/fingerprint.ts'
import { cleanedEnvironment } from './process-environment.ts'

type Gpu = Machine['gpus'][number]

const bytesPerMebibyte = 1024 * 1024

export async function readNvidiaGpus(): Promise<Gpu[]> {
  const answer = await execa(
    'nvidia-smi',
    ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader,nounits'],
    { reject: false, timeout: 5000, stdin: 'ignore', env: cleanedEnvironment(), extendEnv: false },
  )
  return answer.failed ? [] : parseGpuList(answer.stdout)
}

/** Lines of `name, MiB, driver`; a field the driver does not know reads `[N/A]`. */
export function parseGpuList(text: string): Gpu[] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter(([name]) => name)
    .map(([name = '', mebibytes = '', driver = '']) => ({
      name,
      memoryBytes: /^\d+$/.test(mebibytes) ? Number(mebibytes) * bytesPerMebibyte : null,
      driver: /^[\d.]+$/.test(driver) ? driver : null,
    }))
}
