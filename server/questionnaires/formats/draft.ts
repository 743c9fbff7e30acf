import type { Visibility } from '../../../survey-definitions/schema.ts'
import type { Said } from './remarks.ts'

/** Something of a foreign file that our format has no place for, and what became of it. */
export interface NotCarried extends Said {
  /** Where it stood: a JSON path, or sheet, row and column. */
  readonly where: string
}

/** Why a file gives no questionnaire at all. */
export interface ImportFault extends Said {
  readonly where: string
}

/** A file that cannot be used as a whole; thrown while reading, told as faults. */
export class ImportError extends Error {
  readonly faults: readonly ImportFault[]

  constructor(where: string, why: Said) {
    super(`${where}: ${why.what}`)
    this.name = 'ImportError'
    this.faults = [{ where, ...why }]
  }
}

/** Words by language, as far as the file has them. */
export type DraftText = Record<string, string>

export interface DraftOption {
  value: number | string
  text: DraftText
  free_text?: { id: string; max_length: number }
}

interface Asked {
  /** Where it stands in the file, for what is said about it. */
  where: string
  id: string
  text: DraftText
  stem?: DraftText
  help?: DraftText
  required: boolean
  skippable?: false
  visible_if?: Visibility
  tags?: string[]
}

export type DraftItem = Asked &
  (
    | { type: 'single' | 'multiple'; options: DraftOption[] }
    | { type: 'number'; min: number; max: number; integer: boolean; unit?: DraftText }
    | { type: 'rating'; min: number; max: number; low: DraftText; high: DraftText }
    | { type: 'text'; max_length: number }
    | { type: 'date' }
  )

export interface DraftSection {
  where: string
  id: string
  title: DraftText
  instruction?: DraftText
  visible_if?: Visibility
  items: DraftItem[]
}

/** Not one that was begun for questions without a group and got none. */
export const hasWords = ({ title, items }: DraftSection): boolean => items.length > 0 || Object.keys(title).length > 0

/** A questionnaire of another format in our words, before it is known which of its languages are whole. */
export interface Draft {
  slug: string
  version: number
  title: DraftText
  introduction?: DraftText
  sections: DraftSection[]
  /** Whose it is and on what terms, where the file says so. */
  attribution?: DraftText
  licence?: string
  notCarried: NotCarried[]
}

/** More would help nobody. */
export const MAX_NOTES = 500

/** Longest answer in own words where a file sets no length. */
export const USUAL_LENGTH = 2_000
/** Lowest and highest number where a file sets none. */
export const USUAL_RANGE = [0, 1_000_000] as const
