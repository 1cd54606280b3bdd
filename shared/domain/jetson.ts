// What is documented of TensorRT on boards whose GPU is part of the chip (Jetson, DRIVE), each with its source. No board
// was at hand: nothing here was tried.

/** Compute capabilities of such boards: Nano and TX1, TX2, Xavier, Orin, Thor under CUDA 12, and Thor. */
export const boardCapabilities: readonly string[] = ['5.3', '6.2', '7.2', '8.7', '10.1', '11.0']

export interface BoardFact {
  readonly says: string
  readonly source: string
  /** Who quotes the source, if only the quotation was read; null if the source was. */
  readonly quotedBy: string | null
}

const nvidia = 'https://docs.nvidia.com/deeplearning/tensorrt'

export const boardFacts: readonly BoardFact[] = [
  {
    says: 'Engines for other GPUs (hardware compatibility) are not supported under JetPack and DRIVE OS',
    source: `${nvidia}/latest/inference-library/engine-compatibility.html`,
    quotedBy: 'three public projects',
  },
  {
    says: 'TensorRT 11.4.1 supports JetPack 7.2.2 or later on Jetson AGX Orin and Jetson Thor, with its build for Arm servers (SBSA)',
    source: `${nvidia}/11.4.1/installing-tensorrt/install-alternative.html`,
    quotedBy: null,
  },
  {
    says: 'Jetson Orin with JetPack 6 stays on a TensorRT 10 that its JetPack supports',
    source: `${nvidia}/11.4.1/installing-tensorrt/install-alternative.html`,
    quotedBy: null,
  },
  {
    says: 'TensorRT 11.3.0 does not support JetPack',
    source: `${nvidia}/11.3.0/api/migration/tensorrt-10x-to-11x-jetson.html`,
    quotedBy: null,
  },
  {
    says: 'JetPack 6.1 has TensorRT 10.3 and CUDA 12.6',
    source: 'https://docs.pytorch.org/TensorRT/v2.6.1/getting_started/jetpack.html',
    quotedBy: null,
  },
  {
    says: 'JetPack 7.1 has TensorRT 10.13.3 and CUDA 13.0',
    source: 'https://developer.nvidia.com/embedded/jetpack/downloads/archive-7.1',
    quotedBy: 'a review in NVIDIA/IsaacTeleop 1050',
  },
  {
    says: 'Torch-TensorRT 2.12 has builds with TensorRT 10.16 for Jetson Thor, and none for Jetson Orin',
    source: 'https://github.com/pytorch/TensorRT/releases/tag/v2.12.1',
    quotedBy: null,
  },
]
