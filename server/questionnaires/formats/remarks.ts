/** What is said about a file of another format, by code; the same in `templates/locales/<locale>/questionnaire-formats.json`. */
const english = {
  called: '"{wanted}" is called "{name}" here',
  'not-carried': 'is not carried',
  'thing-not-carried': '{thing} is not carried',
  kind: '"{name}" is left out: questions of the type "{type}" are not carried',
  'kind-inside': 'is left out: its kind is not carried',
  'hangs-on-it': 'what hangs on it is left out too',
  retired: 'it is retired; look for the one that took its place',
  hidden: '"{name}" is hidden and left out',
  'shown-with-next': 'a text is shown with the question after it, not by its own condition',
  'asked-once': 'is asked once, not repeatedly',
  'group-inside': 'the group "{name}" inside a group is not kept; its words lead its questions',
  'usual-length': 'no longest answer is given; {most} characters are allowed',
  'usual-range': 'no lowest or highest number is given; {low} to {high} are allowed',
  'day-limits': 'the earliest or latest day is not carried',
  'list-elsewhere': 'the list {list} is not in the file; without its options the question is left out',
  'list-missing': 'there is no list "{list}" in the sheet choices',
  'option-refers': 'an option that refers to another resource is not carried',
  'option-twice': 'the option "{value}" stands twice; the first is kept',
  'two-options': '"{name}" is left out: a choice needs two options',
  ordinals: 'answers are stored as the numbers the options count, not as their codes',
  condition: 'the condition is left out ({reason}); it is always asked',
  'condition-text': 'the condition {condition} is left out ({reason}); it is always asked',
  'no-value': 'has no value and is left out',
  'no-name': 'has no name and is left out',
  'no-type': 'has no type and is left out',
  'no-list': 'has no list_name or no name and is left out',
  'no-rows': 'has no rows and is left out',
  'no-page': 'is no page and left out',
  'no-question': 'is no question and left out',
  'empty-section': 'left out: no question of it was carried',
  'none-beside': '"none" can be chosen beside others here',
  'words-of-ends': 'the words beside the lowest and highest number are not carried',
  'not-checked': 'is not checked here; it is a line of text',
  'names-answer': 'names another answer; it stands as it is written',
  markup: 'markup is taken out of "{words}"',
  cut: 'cut to {most} characters',
  'no-words': 'there are no words; "—" stands there',
  'words-of-other': 'no words in "{language}"; those in "{other}" stand there',
  'language-holes': 'the language "{language}" is left out: {count} of {all} texts lack it, the first at {first}',
  'language-unknown': 'names no language that is known; write e.g. English (en)',
  licence: 'the file says not whose it is or on what terms it may be used; fill it in',
  'group-end': 'ends a group that was not begun',
  repeat: 'the repeated group "{name}" is left out with all that is in it',
  metadata: '"{name}" is left out: nothing is collected beside the answers',
  'required-odd': 'is no plain yes or no; it is taken for no',

  'why-unknown': '"{name}" is no question that was carried',
  'why-later': '"{name}" is not asked before it',
  'why-option': '"{name}" has no answer "{value}"',
  'why-exactly': 'whether the answers to "{name}" are these and no other cannot be asked',
  'why-no-number': '"{name}" is not answered with a number; larger and smaller mean nothing here',
  'why-compared': '"{name}" is compared with something that is no number',
  'why-own-words': '"{name}" is answered in own words or with a date; only whether it has an answer can be asked',
  'why-long': 'longer than {most} characters',
  'why-deep': 'nested more than {most} deep',
  'why-beyond': '"{part}" is beyond what is carried',
  'why-end': 'it ends too early',

  'nothing-carried': 'holds no question that can be carried',
  'too-large': 'has {count} bytes, more than {most}; no questionnaire is so large',
  'old-xls': 'is an old .xls; save it as .xlsx',
  'other-resource': 'is "{type}"; only a FHIR Questionnaire can be imported',
  'own-definition': 'is a definition of this program already; it needs no import',
  'unknown-format': 'is neither a FHIR Questionnaire nor a SurveyJS survey nor an XLSForm workbook',
  'not-utf8': 'is not UTF-8; save it as UTF-8',
  'too-deep': 'nests more than {most} deep, no questionnaire does',
  'no-json': 'is no JSON; look for a comma or bracket out of place',
  workbook: 'is no workbook that can be read ({reason}); save it anew as .xlsx',
  bomb: 'unpacks to too much; no questionnaire is so large',
  archive: 'is no zip archive that can be read; save it anew as .xlsx',
  entities: 'declares entities; save the workbook anew',
  'far-cell': 'has a cell at {cell}; at most {rows} rows and {columns} columns are read',
  'no-survey-sheet': 'has no sheet "survey"; an XLSForm has survey, choices and settings',
  'own-group': 'is no group as this program exports them; put it back, or take out the extension "definition"',
  'own-type': 'the type "{type}" is none that this program exports',
  'own-condition': 'cannot be read ({operator}); this program does not export it so',
  'own-json': 'the extension {url} holds no JSON object; export the questionnaire anew',
  shape: '{message}',
} as const

export type RemarkCode = keyof typeof english
export type RemarkParams = Readonly<Record<string, string | number>>

/** Something said about a file, in a form that can be said in any language. */
export interface Said {
  readonly code: RemarkCode
  readonly params: RemarkParams
  /** what `{reason}` stands for, where it is itself such a sentence */
  readonly because?: Said
  /** in English, for the command line */
  readonly what: string
}

/** `said('called', { wanted: 'a b', name: 'a_b' })`: the code, what belongs to it, and the English sentence. */
export function said(code: RemarkCode, params: RemarkParams = {}, because?: Said): Said {
  const words: RemarkParams = because ? { ...params, reason: because.what } : params
  const what = english[code].replace(/\{([a-z]+)\}/g, (_, name: string) => String(words[name] ?? ''))
  return { code, params, what, ...(because ? { because } : {}) }
}

/** The sentence in a language, by the texts of `questionnaire-formats`. */
export function remarkWords(
  { code, params, because }: Pick<Said, 'code' | 'params' | 'because'>,
  text: (key: string, params: RemarkParams) => string,
): string {
  return text(`questionnaire-formats.${code}`, because ? { ...params, reason: remarkWords(because, text) } : params)
}

/** Every code with its English sentence. */
export const remarks: Readonly<Record<RemarkCode, string>> = english
