import type { DraftOption, DraftText } from './draft.ts'

/** Words for what other formats offer without words of their own; the languages a file does not have are taken out later. */
export const otherWords: DraftText = { ja: 'その他', en: 'Other' }
export const noneWords: DraftText = { ja: 'どれもあてはまらない', en: 'None of these' }

/** A question answered with yes or no is a choice of two here. */
export function yesNo(
  yes: DraftText = { ja: 'はい', en: 'Yes' },
  no: DraftText = { ja: 'いいえ', en: 'No' },
): DraftOption[] {
  return [
    { value: 'yes', text: { ...yes } },
    { value: 'no', text: { ...no } },
  ]
}

/** A value that no option has yet. */
export function unusedValue(options: readonly DraftOption[], wanted: string): string {
  const values = new Set(options.map(({ value }) => value))
  let name = wanted
  while (values.has(name)) name = `${name}_`
  return name
}
