/**
 * What every chart shares. Charts are strings of SVG without style attributes or scripts, so a strict content security
 * policy lets them stand in a page and they print as they are. All words come in from the caller, already translated.
 */

/** Colours of the Digital Agency design system (@digital-go-jp/design-tokens). None of them is red: charts are about people. */
export const ink = {
  text: '#1a1a1a',
  quiet: '#4d4d4d',
  axis: '#767676',
  grid: '#cccccc',
  faint: '#e6e6e6',
  paper: '#ffffff',
  shade: '#f2f2f2',
  mark: '#0017c1',
  markLight: '#c5d7fb',
  worse: '#ffdfca',
  worseStrong: '#ffc199',
  worseLine: '#8b3200',
  better: '#d9e6ff',
  betterStrong: '#9db7f9',
  betterLine: '#00118f',
} as const

const fonts = "'Hiragino Sans','Yu Gothic Medium',Meiryo,'Noto Sans JP','Noto Sans CJK JP',sans-serif"

export type Frame = {
  /** Unique in the page; prefixes every id inside the picture. */
  readonly id: string
  /** What the picture is, in a few words. */
  readonly title: string
  /** What it shows, in a sentence or two; the table beside it holds the numbers. */
  readonly description: string
}

/**
 * The picture around `content`: `width` and `height` are its own units, `shown` the widest it is drawn in CSS pixels
 * (default: `width`). It shrinks with its place unless `wide`, when the place scrolls instead.
 */
export function drawSvg(
  frame: Frame,
  size: { width: number; height: number; shown?: number; wide?: boolean },
  content: string,
): string {
  const id = escapeXml(frame.id)
  const shown = size.shown ?? size.width
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart${size.wide ? ' chart-wide' : ''}" role="img" ` +
    `aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${round(size.width)} ${round(size.height)}" ` +
    `width="${round(shown)}" height="${round((size.height * shown) / size.width)}" font-family="${fonts}" fill="${ink.text}">` +
    `<title id="${id}-title">${escapeXml(frame.title)}</title><desc id="${id}-desc">${escapeXml(frame.description)}</desc>` +
    `${content}</svg>`
  )
}

type Attributes = Readonly<Record<string, string | number | undefined>>

/** `<name a="1">inner</name>`; undefined attributes are left out, values and `inner` from `words` are escaped. */
export function element(name: string, attributes: Attributes, inner = ''): string {
  let text = `<${name}`
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) text += ` ${key}="${typeof value === 'number' ? round(value) : escapeXml(value)}"`
  }
  return inner === '' ? `${text}/>` : `${text}>${inner}</${name}>`
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string {
  return element('line', { x1, y1, x2, y2, stroke: ink.grid, ...attributes })
}

/** One line of words; `x`, `y` is the baseline. */
export function words(text: string, x: number, y: number, attributes: Attributes = {}): string {
  return element('text', { x, y, 'font-size': 13, ...attributes }, escapeXml(text))
}

/** Words on a picture full of lines: a white edge keeps them readable. */
export const halo = {
  stroke: ink.paper,
  'stroke-width': 4,
  'stroke-linejoin': 'round',
  'paint-order': 'stroke',
} as const

/** Several lines of words, centred on `y`. */
export function paragraph(
  lines: readonly string[],
  x: number,
  y: number,
  size: number,
  attributes: Attributes = {},
): string {
  const height = size * 1.25
  const top = y - ((lines.length - 1) * height) / 2 + size * 0.36
  return lines.map((text, index) => words(text, x, top + index * height, { 'font-size': size, ...attributes })).join('')
}

/** A hatch or a dot pattern to fill with, so that a tint never depends on seeing colour. */
export function pattern(id: string, kind: 'rising' | 'falling' | 'dots', colour: string, ground: string): string {
  const box = { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse' }
  const paper = element('rect', { width: 6, height: 6, fill: ground })
  if (kind === 'dots') return element('pattern', box, paper + element('circle', { cx: 3, cy: 3, r: 0.8, fill: colour }))
  const d = kind === 'rising' ? 'M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2' : 'M-1,5 l2,2 M0,0 l6,6 M5,-1 l2,2'
  return element(
    'pattern',
    box,
    paper + element('path', { d, stroke: colour, 'stroke-width': 0.8, 'stroke-opacity': 0.45, fill: 'none' }),
  )
}

/** Width of a text in units of the picture: a Japanese character is about one em wide, a Latin one a little over half. */
export function textWidth(text: string, size: number): number {
  let ems = 0
  for (const character of text) ems += (character.codePointAt(0) ?? 0) > 0x2e7f ? 1 : 0.56
  return ems * size
}

/** Breaks a text into lines of at most `width`: between Latin words, between any Japanese characters but before none of 、。）」. */
export function wrap(text: string, width: number, size: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const piece of text.match(/[\u0021-\u2e7f]+|\s+|./gu) ?? []) {
    const closes = /^[、。)）」』・ー]$/u.test(piece)
    if (current !== '' && !closes && textWidth(current + piece.trimEnd(), size) > width) {
      lines.push(current.trimEnd())
      current = piece.trimStart()
    } else current += piece
  }
  if (current.trim() !== '') lines.push(current.trimEnd())
  return lines
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Two places are finer than any screen or printer here. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
