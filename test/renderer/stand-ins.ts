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
})
HTMLCanvasElement.prototype.getContext = () => null
Element.prototype.scrollIntoView = () => undefined
