// Draws any number of samples as marks on a canvas: each pixel is painted once at most, so that a million samples cost
// what the picture holds, not what the series holds.
export interface CloudFrame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** What lies outside the frame is left out; what is `hollow` is an outline. Returns how many marks were drawn. */
export function drawCloud(
  context: CanvasRenderingContext2D,
  frame: CloudFrame,
  count: number,
  size: number,
  x: (index: number) => number,
  y: (index: number) => number,
  hollow: (index: number) => boolean = () => false,
): number {
  const width = Math.ceil(frame.width)
  const height = Math.ceil(frame.height)
  const painted = new Uint8Array(Math.max(1, width * height))
  let drawn = 0
  for (let index = 0; index < count; index += 1) {
    const column = Math.round(x(index))
    const row = Math.round(y(index))
    if (column < 0 || row < 0 || column >= width || row >= height) continue
    const pixel = row * width + column
    if (painted[pixel]) continue
    painted[pixel] = 1
    drawn += 1
    const [left, top] = [frame.left + column - size / 2, frame.top + row - size / 2]
    if (hollow(index)) context.strokeRect(left - size / 4, top - size / 4, size * 1.5, size * 1.5)
    else context.fillRect(left, top, size, size)
  }
  return drawn
}
