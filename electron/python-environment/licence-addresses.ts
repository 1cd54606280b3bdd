// Where the licences are to be read that a user must accept. Their texts belong to their authors.
export const licenceAddresses: Readonly<Record<string, string>> = {
  'AGPL-3.0': 'https://www.gnu.org/licenses/agpl-3.0.html',
  'LicenseRef-NVIDIA-TensorRT': 'https://docs.nvidia.com/deeplearning/tensorrt/latest/reference/sla.html',
  'LicenseRef-NVIDIA-TensorRT-RTX': 'https://docs.nvidia.com/deeplearning/tensorrt-rtx/latest/reference/sla.html',
}
