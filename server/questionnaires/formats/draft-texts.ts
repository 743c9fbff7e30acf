import { isDeepStrictEqual } from 'node:util'
import { MAX_NOTES, type Draft, type DraftText, type NotCarried } from './draft.ts'
import { short } from './names.ts'
import { said, type Said } from './remarks.ts'

interface PlacedWords {
  readonly where: string
  readonly text: DraftText
}

const longestWords = 4_000

/** Every text of a draft, in the order of the questionnaire. */
function textsOf(draft: Draft): PlacedWords[] {
  const found: PlacedWords[] = []
  const add = (where: string, ...texts: (DraftText | undefined)[]): void => {
    for (const text of texts) if (text) found.push({ where, text })
  }
  add('the title', draft.title, draft.introduction)
  for (const section of draft.sections) {
    add(section.where, section.title, section.instruction)
    for (const item of section.items) {
      add(item.where, item.text, item.stem, item.help)
      if ('options' in item) add(item.where, ...item.options.map((option) => option.text))
      if (item.type === 'number') add(item.where, item.unit)
      if (item.type === 'rating') add(item.where, item.low, item.high)
    }
  }
  add('the licence', draft.attribution)
  return found
}

/**
 * Brings the words of a draft in order: markup out, blanks trimmed, and the languages it has whole. The language of most
 * texts is the first; where a text lacks it, words of another language stand in. A further language with holes is left out.
 * Changes the draft's texts; says what was done in `draft.notCarried`.
 * @returns the languages that every text now has; the first one first
 */
export function settleTexts(draft: Draft, wanted?: string): string[] {
  const { notCarried } = draft
  const texts = textsOf(draft)
  for (const { where, text } of texts) cleanWords(text, where, notCarried)
  // words of ours ("yes", "other") have languages that the file need not have
  const offered = new Set(
    [draft.title, ...draft.sections.flatMap(({ items }) => items.map(({ text }) => text))].flatMap((text) =>
      Object.keys(text),
    ),
  )
  for (const { text } of texts) {
    for (const code of Object.keys(text)) if (!offered.has(code)) delete text[code]
    // a number says the same in every language
    const [words = ''] = Object.values(text)
    if (/^[\d\s.,:%+–—-]+$/.test(words)) for (const code of offered) text[code] ??= words
  }
  shareTitle(draft, offered)
  const counts = new Map<string, number>()
  for (const { text } of texts) for (const code of Object.keys(text)) counts.set(code, (counts.get(code) ?? 0) + 1)
  const byCount = [...counts].sort(([a, one], [b, other]) => other - one || Number(b === 'ja') - Number(a === 'ja'))
  const first = wanted !== undefined && counts.has(wanted) ? wanted : (byCount[0]?.[0] ?? 'ja')
  for (const { where, text } of texts) {
    if (text[first] !== undefined) continue
    const [code, words] = Object.entries(text)[0] ?? []
    text[first] = words ?? '—'
    const what = code === undefined ? said('no-words') : said('words-of-other', { language: first, other: code })
    note(notCarried, where, what)
  }
  const whole = [first]
  for (const [code] of byCount) {
    if (code === first) continue
    const without = texts.filter(({ text }) => text[code] === undefined)
    if (without.length === 0) {
      whole.push(code)
      continue
    }
    const what = said('language-holes', {
      language: code,
      count: without.length,
      all: texts.length,
      first: without[0]!.where,
    })
    note(notCarried, 'languages', what)
    for (const { text } of texts) delete text[code]
  }
  return whole
}

/** Few files give their title in every language; a language is not lost for that. */
function shareTitle({ title, sections, notCarried }: Draft, offered: ReadonlySet<string>): void {
  const [[code, words] = []] = Object.entries(title)
  if (code === undefined || words === undefined) return
  const alike = sections.map((section) => section.title).filter((text) => isDeepStrictEqual(text, title))
  for (const language of offered) {
    if (title[language] !== undefined) continue
    note(notCarried, 'the title', said('words-of-other', { language, other: code }))
    for (const text of [title, ...alike]) text[language] = words
  }
}

function cleanWords(text: DraftText, where: string, notes: NotCarried[]): void {
  for (const [code, words] of Object.entries(text)) {
    const plain = plainWords(words)
    if (plain.marked) note(notes, where, said('markup', { words: short(plain.words) }))
    if (plain.words.length > longestWords) note(notes, where, said('cut', { most: longestWords }))
    const kept = plain.words.slice(0, longestWords).trim()
    if (kept === '') delete text[code]
    else text[code] = kept
  }
}

/** Words without tags, pictures and entities. Example: `How <b>are</b> you?` gives `How are you?`. */
export function plainWords(words: string): { words: string; marked: boolean } {
  let plain = words
    .slice(0, 20_000)
    // oxlint-disable-next-line no-control-regex -- what YAML and XML may not hold
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFE\uFFFF]/g, '')
    .replace(/<br\s*\/?>|<\/p>/gi, '\n')
    .replace(/<\/?[a-z!?][^<>]*>/gi, '')
  plain = plain.replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => entities[name] ?? '')
  // what now looks like a tag was none, or is half of one
  plain = plain.replace(/<(?=[a-z/!?])/gi, '‹').trim()
  return { words: plain, marked: plain !== words.trim() }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" }

function note(notes: NotCarried[], where: string, what: Said): void {
  if (notes.length < MAX_NOTES) notes.push({ where, ...what })
}
