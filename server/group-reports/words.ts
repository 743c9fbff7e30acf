import type { Disclosed, MeanFigure, ShareFigure } from '../../analysis/disclosure/index.ts'
import type { AssessedValue } from './assessment-content.ts'
import { formatDate, formatNumber, formatPercent } from '../web/formats.ts'
import type { TextParams, Texts } from '../web/texts.ts'

/** Texts and numbers of one reader: language and time zone are settled. */
export interface Words {
  locale: string
  /** text of a key below `group-reports.` */
  t: (key: string, params?: TextParams) => string
  /** text of a whole key */
  text: (key: string, params?: TextParams) => string
  number: (value: number, digits?: number) => string
  percent: (share: number, digits?: number) => string
  date: (day: string | Date) => string
  /** items as a reader lists them: 「a、b」 or "a, b" */
  list: (items: readonly string[]) => string
}

export function createWords(texts: Texts, locale: string, timeZone: string): Words {
  return {
    locale,
    t: (key, params) => texts.text(locale, `group-reports.${key}`, params),
    text: (key, params) => texts.text(locale, key, params),
    number: (value, digits) => formatNumber(value, locale, digits),
    percent: (share, digits = 0) => formatPercent(share, locale, digits),
    date: (day) => formatDate('date', day, locale, timeZone),
    list: (items) => items.join(texts.text(locale, 'group-reports.listSeparator')),
  }
}

/** A cell of a table; pages print `withheld` by the partial. */
export interface Cell {
  text?: string
  note?: string
  href?: string
  tag?: string
  heading?: boolean
  numeric?: boolean
  withheld?: boolean
}

/** A figure as a cell: its words and, small, what stands beside them; withheld ones as such. */
export function figureCell<T>(figure: Disclosed<T> | undefined, say: (value: T, n: number) => string | Cell): Cell {
  if (figure === undefined) return { text: '–', numeric: true }
  if (figure.kind === 'withheld') return { withheld: true, numeric: true }
  const said = say(figure.value, figure.n)
  return typeof said === 'string' ? { text: said, numeric: true } : { numeric: true, ...said }
}

export function sayMean(words: Words, mean: MeanFigure): string {
  return mean.kind === 'exact' ? words.number(mean.mean, 1) : words.t(`mean.${mean.kind}`)
}

export function sayShare(words: Words, share: ShareFigure): string {
  return share.kind === 'exact'
    ? words.percent(share.share)
    : words.t(`share.${share.kind}`, { people: words.number(share.people) })
}

/** "101〜126" */
export function sayInterval(words: Words, { lo, hi }: { lo: number; hi: number }, digits = 0): string {
  return words.t('interval', { lo: words.number(lo, digits), hi: words.number(hi, digits) })
}
export function sayPercentInterval(words: Words, { lo, hi }: { lo: number; hi: number }): string {
  return words.t('interval', { lo: words.percent(lo), hi: words.percent(hi) })
}

/** Estimate and 90 % interval of a risk, with the decimals it was rounded to. */
export function sayRisk(words: Words, { risk, decimals }: AssessedValue): { risk: string; lo: string; hi: string } {
  const say = (value: number) => words.number(value, decimals)
  return { risk: say(risk.estimate), lo: say(risk.lo), hi: say(risk.hi) }
}
