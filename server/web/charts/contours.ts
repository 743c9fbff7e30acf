import { halo, ink, line, words } from './svg.ts'

/** log-linear risk over two mean raw scores: 100·exp((x − meanX)·slopeX + (y − meanY)·slopeY) */
export type Risk = { readonly meanX: number; readonly meanY: number; readonly slopeX: number; readonly slopeY: number }

/** A panel's axes: its domains in raw scores and their scales to units of the picture. */
export type Plane = {
  readonly risk: Risk
  readonly xDomain: readonly [number, number]
  readonly yDomain: readonly [number, number]
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

/** The height at which the contour of `level` crosses `x`, both in raw scores. */
export function contourY(level: number, x: number, { meanX, meanY, slopeX, slopeY }: Risk): number {
  return meanY + (Math.log(level / 100) - slopeX * (x - meanX)) / slopeY
}

export function drawContour(level: number, plane: Plane): string {
  const { x, y, xDomain, risk } = plane
  const [x0, x1] = xDomain
  const from = contourY(level, x0, risk)
  const to = contourY(level, x1, risk)
  const reference = level === 100
  const contour = line(x(x0), y(from), x(x1), y(to), {
    stroke: reference ? ink.text : ink.axis,
    'stroke-width': reference ? 1.6 : 1,
    'stroke-dasharray': reference ? undefined : '5 3',
  })
  return contour + drawLevel(level, plane)
}

/** The level is written where its contour leaves the panel, at the top or at the right. */
function drawLevel(level: number, plane: Plane): string {
  const { x, y, xDomain, yDomain, risk } = plane
  const [x0, x1] = xDomain
  const [y0, y1] = yDomain
  const { meanX, meanY, slopeX, slopeY } = risk
  const xAtTop = meanX + (Math.log(level / 100) - slopeY * (y1 - meanY)) / slopeX
  const label = { 'font-size': 12, 'font-weight': level === 100 ? 700 : 400, fill: ink.quiet, ...halo }
  if (xAtTop > x0 && xAtTop < x1)
    return words(String(level), Math.max(x(x0) + 16, Math.min(x(x1) - 16, x(xAtTop))), y(y1) + 15, {
      ...label,
      'text-anchor': 'middle',
    })
  const yAtRight = contourY(level, x1, risk)
  if (yAtRight > y0 && yAtRight < y1)
    return words(String(level), x(x1) - 5, y(yAtRight) + 4, { ...label, 'text-anchor': 'end' })
  const yAtLeft = contourY(level, x0, risk)
  if (yAtLeft > y0 && yAtLeft < y1) return words(String(level), x(x0) + 5, y(yAtLeft) + 4, label)
  return ''
}

/** The part of the plane below the contour of `level`: more control or support always lowers the risk. */
export function attentionArea(level: number, plane: Plane): string {
  const { x, y, xDomain, yDomain, risk } = plane
  const [x0, x1] = xDomain
  const floor = Math.min(yDomain[0], contourY(level, x0, risk), contourY(level, x1, risk)) - 1
  const corners = [
    [x0, contourY(level, x0, risk)],
    [x1, contourY(level, x1, risk)],
    [x1, floor],
    [x0, floor],
  ] as const
  return `M${corners.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(' L')} Z`
}
