import { textWidth } from './svg.ts'

export type Anchor = { readonly x: number; readonly y: number; readonly r: number; readonly text: string }
export type PlacedLabel = { readonly text: string; readonly x: number; readonly y: number }
type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }

/**
 * Finds a place for a short label beside each dot: of eight places around it the one that covers least of other dots,
 * of labels already placed and of what lies outside `bounds`. Greedy, in the order given; the same input gives the same
 * picture. `x`, `y` of the result is the left end of the baseline.
 */
export function placeLabels(anchors: readonly Anchor[], bounds: Box, size: number): PlacedLabel[] {
  const dots = anchors.map(({ x, y, r }) => ({ left: x - r, right: x + r, top: y - r, bottom: y + r }))
  const taken: Box[] = []
  return anchors.map((anchor) => {
    let best: { box: Box; cost: number } | undefined
    for (const box of placesAround(anchor, textWidth(anchor.text, size), size)) {
      const covered = [...dots, ...taken].reduce((sum, other) => sum + overlap(box, other), 0)
      const cost = covered + (area(box) - overlap(box, bounds)) * 4
      if (!best || cost < best.cost - 0.01) best = { box, cost }
    }
    const box = best?.box ?? { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y }
    taken.push(box)
    return { text: anchor.text, x: box.left, y: box.bottom - size * 0.2 }
  })
}

function placesAround({ x, y, r }: Anchor, width: number, height: number): Box[] {
  const near = r + 3
  const slant = r * 0.7 + 2
  const box = (left: number, top: number): Box => ({ left, right: left + width, top, bottom: top + height })
  return [
    box(x + near, y - height / 2),
    box(x + slant, y - slant - height),
    box(x + slant, y + slant),
    box(x - near - width, y - height / 2),
    box(x - slant - width, y - slant - height),
    box(x - slant - width, y + slant),
    box(x - width / 2, y - near - height),
    box(x - width / 2, y + near),
  ]
}

function area(box: Box): number {
  return (box.right - box.left) * (box.bottom - box.top)
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  return width > 0 && height > 0 ? width * height : 0
}
