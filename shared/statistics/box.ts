// Boxes on an image and how much two of them share. Corners in any one unit; x and y grow to the right and down.
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface ScoredBox extends Box {
  readonly label: number
  /** 0..1 */
  readonly score: number
}

export function boxAround(centreX: number, centreY: number, width: number, height: number): Box {
  return {
    left: centreX - width / 2,
    top: centreY - height / 2,
    right: centreX + width / 2,
    bottom: centreY + height / 2,
  }
}

/** Intersection over union, 0..1; 0 where neither has an area. */
export function overlap(one: Box, other: Box): number {
  const width = Math.min(one.right, other.right) - Math.max(one.left, other.left)
  const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
  const shared = Math.max(0, width) * Math.max(0, height)
  const whole = area(one) + area(other) - shared
  return whole > 0 ? shared / whole : 0
}

function area({ left, top, right, bottom }: Box): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top)
}
