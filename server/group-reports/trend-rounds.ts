import type { Disclosed, MeanFigure } from '../../analysis/disclosure/index.ts'
import {
  comparableKeys,
  measuresOfInstrument,
  nameQuestions,
  type ComparableKey,
  type QuestionOf,
} from '../../analysis/groups/index.ts'
import { pointScalesOf } from '../../analysis/scoring/index.ts'
import { findVersion, publishedVersions, type QuestionnaireVersion } from '../questionnaires/index.ts'
import { readContent, type ReportContent, type ReportedGroup } from './content.ts'
import { readInstrument, type InstrumentContent, type InstrumentGroup } from './instrument-content.ts'
import { titlesOfInstrument } from './instrument-titles.ts'
import { releasedContents, type Report } from './queries.ts'
import type { GroupFrame } from './content.ts'
import type { AnyHandle } from './tables.ts'
import { titlesOf } from './titles.ts'
import type { Words } from './words.ts'

/** One line of a trend: a scale (or a single item) of the report it begins from. */
export interface TrendLine {
  key: ComparableKey
  title: string
  range: readonly [number, number]
  decimals: number
  unit: string
  polarity: 'positive' | 'negative' | null
}

type RoundGroup = Pick<GroupFrame, 'kind' | 'id' | 'name' | 'members'> & {
  means: ReadonlyMap<ComparableKey, Disclosed<MeanFigure>>
  figures: { response: { kind: string } }
}

/** What one campaign's released reports say that can be compared at all. */
export interface Round {
  campaign: { id: string; name: string; closesOn: string }
  /** forms the figures are from, slug@version */
  references: readonly string[]
  groups: readonly RoundGroup[]
}

/** The newest round last; `lines` are those of the report the trend was asked for. */
export interface Rounds {
  rounds: readonly Round[]
  lines: readonly TrendLine[]
  current: Round
}

export type TrendContent =
  | { kind: 'statutory'; content: ReportContent }
  | { kind: 'beside'; content: InstrumentContent }

/** A trend goes back this many rounds; older ones would make the pictures unreadable. */
const mostRounds = 6

/**
 * Released rounds up to a report's own. What is the same question is told by the item maps of all definitions and by nothing else
 * (`comparableKeys`); what is shown are figures that were released.
 */
export async function roundsUpTo(db: AnyHandle, companyId: string, report: Report, words: Words): Promise<Rounds> {
  const versions = await publishedVersions(db, companyId)
  const all = await releasedContents(db, companyId)
  const read = all.map((one): TrendContent =>
    one.kind === 'statutory'
      ? { kind: one.kind, content: readContent(one.content) }
      : { kind: one.kind, content: readInstrument(one.content) },
  )
  const own: TrendContent =
    report.kind === 'statutory'
      ? { kind: report.kind, content: readContent(report.content) }
      : { kind: report.kind, content: readInstrument(report.content) }
  return roundsOf(own, read, versions, words)
}

/** The same from contents at hand; `all` may hold `own` and later ones. */
export function roundsOf(
  own: TrendContent,
  all: readonly TrendContent[],
  versions: readonly QuestionnaireVersion[],
  words: Words,
): Rounds {
  const questionOf = nameQuestions(versions.map(({ definition }) => definition))
  const { campaign } = own.content
  const lines = linesOf(own, versions, questionOf, words)
  const wanted = new Set(lines.map(({ key }) => key))
  const others = all.filter(
    (one) => one.content.campaign.id !== campaign.id && one.content.campaign.closesOn <= campaign.closesOn,
  )
  const byCampaign = Map.groupBy(others, (one) => one.content.campaign.id)
  const before = [...byCampaign.values()]
    .map((same) => roundOf(same, versions, questionOf, wanted))
    .filter(({ references }) => references.length > 0)
    .sort((a, b) => (a.campaign.closesOn < b.campaign.closesOn ? -1 : 1))
  const current = roundOf([own], versions, questionOf, wanted)
  return { rounds: [...before.slice(-(mostRounds - 1)), current], lines, current }
}

/** The stress check's form, or the instrument, a content is about. */
function versionOf({ kind, content }: TrendContent, versions: readonly QuestionnaireVersion[]): QuestionnaireVersion {
  const found = content.questionnaires
    .map(({ slug, version }) => findVersion(versions, `${slug}@${version}`))
    .find((one) => one && (kind === 'beside' || one.definition.kind === 'statutory'))
  if (!found) throw new Error('the questionnaire of this report is not there')
  return found
}

function roundOf(
  contents: readonly TrendContent[],
  versions: readonly QuestionnaireVersion[],
  questionOf: QuestionOf,
  wanted: ReadonlySet<ComparableKey>,
): Round {
  const groups = new Map<string, RoundGroup & { means: Map<ComparableKey, Disclosed<MeanFigure>> }>()
  const references: string[] = []
  for (const one of contents) {
    const { definition } = versionOf(one, versions)
    const keys = comparableKeys(definition, questionOf)
    const isTold = [...keys.scales.values(), ...keys.items.values()].some((key) => wanted.has(key))
    if (isTold) references.push(`${definition.slug}@${definition.version}`)
    for (const group of one.content.groups) {
      const at = `${group.kind}${group.id}`
      const { kind, id, name, members, figures } = group
      const known = groups.get(at) ?? { kind, id, name, members, figures, means: new Map() }
      for (const [key, mean] of meansOf(group, keys)) if (!known.means.has(key)) known.means.set(key, mean)
      groups.set(at, known)
    }
  }
  const { id, name, closesOn } = contents[0]!.content.campaign
  return { campaign: { id, name, closesOn }, references, groups: [...groups.values()] }
}

type Keys = ReturnType<typeof comparableKeys>

function meansOf(group: ReportedGroup | InstrumentGroup, keys: Keys): [ComparableKey, Disclosed<MeanFigure>][] {
  if ('scales' in group)
    return Object.entries(group.scales).flatMap(([id, { mean }]) => {
      const key = keys.scales.get(id)
      return key === undefined ? [] : [[key, mean]]
    })
  return Object.entries(group.means).flatMap(([id, { mean }]) => {
    const key = keys.scales.get(id) ?? keys.items.get(id)
    return key === undefined ? [] : [[key, mean]]
  })
}

function linesOf(
  own: TrendContent,
  versions: readonly QuestionnaireVersion[],
  questionOf: QuestionOf,
  words: Words,
): TrendLine[] {
  const version = versionOf(own, versions)
  const keys = comparableKeys(version.definition, questionOf)
  if (own.kind === 'statutory') {
    const titles = titlesOf(version, words.locale)
    const { means } = measuresOfInstrument(version.definition)
    const ranges = new Map([...means, ...pointScalesOf(version.definition)].map(({ id, range }) => [id, range]))
    return [...own.content.scaleIds, ...own.content.furtherIds].flatMap((id): TrendLine[] => {
      const [key, range] = [keys.scales.get(id), ranges.get(id)]
      return key && range
        ? [{ key, title: titles.scale(id), range, decimals: 1, unit: '', polarity: titles.polarity(id) }]
        : []
    })
  }
  const titles = titlesOfInstrument(version, words)
  return own.content.measures.means.flatMap(({ id, range, decimals, polarity }): TrendLine[] => {
    const key = keys.scales.get(id) ?? keys.items.get(id)
    return key ? [{ key, title: titles.mean(id), range, decimals, unit: titles.unit(id), polarity }] : []
  })
}
