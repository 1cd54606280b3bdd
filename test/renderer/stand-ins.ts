// What the test page lacks: media queries, element sizes, scrolling, drawing. Import it before any part of the window.
Object.assign(globalThis, {
  ResizeObserver: class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  },
  matchMedia: (media: string) => ({
    media,
    // A wide window: the inspector stands beside the tracks.
    matches: media.includes('min-width: 1280px'),
    addEventListener() {},
    removeEventListener() {},
    addListener() {},
    removeListener() {},
  }),
  Path2D: class {
    moveTo(): void {}
    lineTo(): void {}
    rect(): void {}
    closePath(): void {}
  },
})
const strokes =
  'save restore beginPath closePath moveTo lineTo rect arc clip fill stroke fillRect strokeRect clearRect fillText strokeText translate rotate setTransform setLineDash'
/** A pen that leaves no mark: what draws on a canvas runs, nothing is seen of it. */
const pen = {
  ...Object.fromEntries(strokes.split(' ').map((name) => [name, () => undefined])),
  measureText: () => ({ width: 0 }),
}
Object.assign(HTMLCanvasElement.prototype, { getContext: () => pen })
Element.prototype.scrollIntoView = () => undefined
