// A loop that anyone would write, with nothing of ours in it: for each line on stdin, runs that many queries and prints
// their median in milliseconds. Arguments: model file, batch size, threads. Same library and threads as ours, all else as it ships.
const { createInterface } = require('node:readline')
const { InferenceSession, Tensor } = require('onnxruntime-node')

const [file, batchSize, threads] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]

async function main() {
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  })
  const pixels = Float32Array.from({ length: batchSize * 64 }, (_, index) => (index % 17) / 17)
  const feeds = { pixels: new Tensor('float32', pixels, [batchSize, 1, 8, 8]) }
  for await (const line of createInterface({ input: process.stdin })) {
    const times = []
    for (let index = 0; index < Number(line); index++) {
      const before = performance.now()
      await session.run(feeds)
      times.push(performance.now() - before)
    }
    console.log(times.sort((a, b) => a - b)[Math.floor(times.length / 2)])
  }
}

void main()
