import { listItems } from '../../analysis/scoring/index.ts'
import { formatDate } from '../web/formats.ts'
import type { DraftFault } from './draft-check.ts'
import type { DraftRow, PublishedRow } from './draft-queries.ts'
import type { DraftState } from './draft-tables.ts'
import { readWorking, type Working } from './draft-working.ts'
import { faultWords, type Say } from './editor-fields.ts'
import { itemTypes } from './editor-item.ts'
import { remarkWords } from './formats/remarks.ts'
import { isMadeByForm } from './draft-working.ts'
import { addressOf, isOpen } from './own-desk.ts'
import { conditionWords, inLocale, scaleWords } from './own-questions.ts'
import type { ShippedQuestionnaires } from './shipped.ts'

/** Calm for what is done, strong for what waits for HR. */
export const stateKind: Record<DraftState, string> = {
  draft: 'wait',
  in_review: 'quiet',
  approved: 'strong',
  refused: 'late',
  published: 'done',
}

export interface PageContext {
  say: Say
  locale: string
  timeZone: string
}

const numeric = true

/** View model of templates/questionnaires/hr-list.hbs. */
export function listView(
  drafts: readonly DraftRow[],
  published: readonly PublishedRow[],
  shipped: ShippedQuestionnaires,
  { say, locale, timeZone }: PageContext,
): Record<string, unknown> {
  const date = (at: Date) => formatDate('date', at, locale, timeZone)
  const titleOf = (body: string) => inLocale(readWorking(body).title, locale)
  return {
    draftColumns: ['title', 'name', 'state', 'changed'].map((key) => ({ label: say(`questionnaires.list.${key}`) })),
    draftRows: drafts
      .filter(({ state }) => state !== 'published')
      .map((row) => ({
        cells: [
          { text: titleOf(row.body), heading: true, href: addressOf(row.id) },
          { text: `${row.slug}@${row.version}` },
          { text: say(`questionnaires.state.${row.state}`), tag: stateKind[row.state] },
          { text: date(row.changed_at) },
        ],
      })),
    ownColumns: ['title', 'name', 'questions', 'published'].map((key) => ({
      label: say(`questionnaires.list.${key}`),
      ...(key === 'questions' && { numeric }),
    })),
    ownRows: published.map((row) => ({
      cells: [
        { text: titleOf(row.body), heading: true, href: `/hr/questionnaires/versions/${row.id}` },
        { text: `${row.slug}@${row.version}` },
        { text: String(listItems(readWorking(row.body)).length), numeric },
        { text: date(row.publishedAt) },
      ],
    })),
    shippedColumns: ['title', 'name', 'questions', 'kind'].map((key) => ({
      label: say(`questionnaires.list.${key}`),
      ...(key === 'questions' && { numeric }),
    })),
    shippedRows: shipped.map(({ slug, version, definition, items }) => ({
      cells: [
        { text: inLocale(definition.title, locale), heading: true },
        { text: `${slug}@${version}` },
        { text: String(items.length), numeric },
        { text: say(`questionnaires.kind.${definition.kind}`) },
      ],
    })),
  }
}

/** View model of templates/questionnaires/draft.hbs: what there is, what is still wrong, and what may be done next. */
export function draftView(
  row: DraftRow,
  working: Working,
  faults: readonly DraftFault[],
  names: ReadonlyMap<string, string>,
  { say, locale, timeZone }: PageContext,
): Record<string, unknown> {
  const here = addressOf(row.id)
  const open = isOpen(row)
  const asked = new Map(listItems(working).map((one, index) => [one.id, { one, no: index + 1 }]))
  const when = (at: Date | null) => (at ? formatDate('dateTime', at, locale, timeZone) : '')
  const by = (userId: string | null) => (userId ? (names.get(userId) ?? '') : '')
  return {
    draftTitle: inLocale(working.title, locale) || row.slug,
    reference: `${row.slug}@${row.version}`,
    stateLabel: say(`questionnaires.state.${row.state}`),
    stateTag: stateKind[row.state],
    stateWords: say(`questionnaires.stateWords.${row.state}`),
    revisionNo: String(row.revision),
    here,
    headHref: `${here}/head`,
    addSectionHref: `${here}/section`,
    uploadHref: `/hr/questionnaires/upload?draft=${row.id}`,
    mayWrite: open,
    mayRun: faults.length === 0,
    maySend: open && faults.length === 0,
    mayTakeBack: row.state === 'in_review' || row.state === 'approved',
    takeBackLabel: say(
      row.state === 'approved' ? 'questionnaires.draft.changeApproved' : 'questionnaires.draft.takeBack',
    ),
    mayPublish: row.state === 'approved',
    mayDiscard: row.state !== 'published',
    steps: stepsOf(row, faults.length, here, say),
    problems: faults.map((fault) => problemOf(fault, working, here, locale, say)),
    problemCount: faults.length,
    reviewWords: row.review_words && (row.state === 'refused' || row.state === 'approved') ? row.review_words : '',
    reviewedBy: say('questionnaires.draft.reviewedBy', { name: by(row.reviewed_by), at: when(row.reviewed_at) }),
    licenceWords: row.licence_name
      ? say('questionnaires.draft.attested', {
          licence: row.licence_name,
          name: by(row.licence_attested_by),
          at: when(row.licence_attested_at),
        })
      : '',
    sectionsShown: working.sections.map((section, index) => ({
      heading: inLocale(section.title, locale) || section.id,
      sectionHref: `${here}/section?section=${section.id}`,
      upValue: index > 0 ? `section:${section.id}:up` : '',
      downValue: index < working.sections.length - 1 ? `section:${section.id}:down` : '',
      condition: section.visible_if ? conditionWords(section.visible_if, asked, locale, say) : '',
      questions: section.items.map((item, position) => ({
        no: asked.get(item.id)?.no ?? 0,
        words: inLocale(item.text, locale) || item.id,
        typeWords: say(`questionnaires.type.${item.type}`),
        optionalWords: item.required === false ? say('questionnaires.read.optional') : '',
        condition: item.visible_if ? conditionWords(item.visible_if, asked, locale, say) : '',
        itemHref: `${here}/item?item=${item.id}`,
        upValue: index > 0 || position > 0 ? `item:${item.id}:up` : '',
        downValue:
          index < working.sections.length - 1 || position < section.items.length - 1 ? `item:${item.id}:down` : '',
        upLabel: say('questionnaires.draft.upItem', { no: asked.get(item.id)?.no ?? 0 }),
        downLabel: say('questionnaires.draft.downItem', { no: asked.get(item.id)?.no ?? 0 }),
      })),
      additions: itemTypes.map((type) => ({
        href: `${here}/item?section=${section.id}&type=${type}`,
        label: say(`questionnaires.type.${type}`),
      })),
    })),
    scalesShown: working.scales.map((scale) => ({
      heading: inLocale(scale.title, locale),
      countWords: scaleWords(scale, say),
      scaleHref: isMadeByForm(scale) ? `${here}/scale?scale=${scale.id}` : '',
      removeValue: `scale:${scale.id}`,
    })),
    keepsMore: keepsMore(working),
    notCarried: row.not_carried.map((one) => ({ where: one.where, what: remarkWords(one, say) })),
  }
}

/** Parts of the format that the forms do not show and keep as the file had them. */
function keepsMore(working: Working): boolean {
  const { composites, group_measures: measures, rotation, option_sets: sets, scales } = working
  return (
    [composites, measures, rotation].some((list) => list !== undefined && list.length > 0) ||
    Object.keys(sets).length > 0 ||
    scales.some((scale) => !isMadeByForm(scale))
  )
}

function stepsOf({ state }: DraftRow, faults: number, here: string, say: Say) {
  const sound = faults === 0
  const at = state === 'draft' || state === 'refused' ? (sound ? 1 : 0) : state === 'in_review' ? 3 : 4
  const step = (key: string, index: number, href?: string) => ({
    label: say(`questionnaires.step.${key}`),
    note: say(`questionnaires.stepNote.${key}`),
    done: state === 'published' || index < at,
    current: state !== 'published' && index === at,
    ...(href && sound && { href }),
  })
  return [
    step('write', 0),
    step('run', 1, `${here}/test-run`),
    step('sample', 2, `${here}/sample-report`),
    step('review', 3),
    step('publish', 4),
  ]
}

/** A fault with the way to the form where it can be mended. */
function problemOf(fault: DraftFault, working: Working, here: string, locale: string, say: Say) {
  const words = faultWords(fault, say)
  const [part, index, inner, position] = fault.path.split('.')
  const section = part === 'sections' ? working.sections[Number(index)] : undefined
  const item = inner === 'items' ? section?.items[Number(position)] : undefined
  const scale = part === 'scales' ? working.scales[Number(index)] : undefined
  if (item) return { words, where: inLocale(item.text, locale) || item.id, href: `${here}/item?item=${item.id}` }
  if (section) return { words, where: inLocale(section.title, locale), href: `${here}/section?section=${section.id}` }
  if (scale)
    return {
      words,
      where: inLocale(scale.title, locale),
      href: isMadeByForm(scale) ? `${here}/scale?scale=${scale.id}` : '#scales',
    }
  if (part === 'sections') return { words, where: '', href: `${here}/section` }
  const inHead = ['title', 'introduction', 'minutes', 'kind', 'slug', 'languages', 'version'].includes(part ?? '')
  return { words, where: inHead ? '' : fault.path, href: inHead ? `${here}/head` : '' }
}
