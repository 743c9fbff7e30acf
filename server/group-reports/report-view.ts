import type { FindingValue, ReportContent } from './content.ts'
import { drawForest, drawHeatMap, drawJudgement } from './report-charts.ts'
import { isShown, nameOf, type Marks, type ReportData } from './report-data.ts'
import { heatTable, judgementTable, overviewOf, turnoverTable } from './report-tables.ts'
import { sentencesOf } from './sentences.ts'
import type { ScaleTitles } from './titles.ts'
import type { Words } from './words.ts'

/** View model of the report, for HR and for the implementer's preview. */
export function reportView(data: ReportData, words: Words): Record<string, unknown> {
  const { content, assessment } = data
  const departments = content.groups.filter((group) => group.kind === 'department')
  const marks: Marks = new Map(departments.filter(isShown).map((group, index) => [group.id, String(index + 1)]))
  const company = content.groups.find((group) => group.kind === 'company')!
  return {
    brief: true,
    campaignName: content.campaign.name,
    period: words.t('period', {
      from: words.date(content.campaign.opensOn),
      to: words.date(content.campaign.closesOn),
    }),
    companyShown: isShown(company),
    sentences: sentencesOf(data, words),
    overview: overviewOf(data, marks, words),
    resolved: content.highStressShareResolvedOn !== null,
    heat: drawHeatMap(data, words),
    heatTable: heatTable(data, words),
    further:
      content.furtherIds.length > 0
        ? {
            heats: inHalves(content.furtherIds).map((ids, index) =>
              drawHeatMap(data, words, ids, `heat-further-${index}`),
            ),
            table: heatTable(data, words, content.furtherIds),
          }
        : undefined,
    judgement: drawJudgement(data, marks, words),
    judgementTable: judgementTable(data, marks, words),
    hasPrevious: data.previous?.chart === true,
    purpose: content.turnoverRiskPurpose,
    criteriaOwn: content.criteriaOwn && content.highStressShareResolvedOn !== null,
    assessed: assessment !== undefined,
    forest: assessment ? drawForest(data, words) : '',
    turnoverTable: assessment ? turnoverTable(data, words) : undefined,
    turnoverNote: assessment
      ? words.t('turnover.note', { months: words.number(assessment.months), day: words.date(assessment.asOfOn) })
      : '',
    surveyUnused: assessment !== undefined && assessment.round === null,
    fewLeavers: assessment !== undefined && assessment.company.observed < 50,
    findings: findingsView(data, words),
    caseMix: words.t(content.caseMixAdjusted ? 'method.caseMix' : 'method.noCaseMix'),
    foot: footOf(data, words),
  }
}

/** So many columns that the words of a picture stay readable. */
export function inHalves(ids: readonly string[]): string[][] {
  const half = Math.ceil(ids.length / 2)
  return [ids.slice(0, half), ids.slice(half)].filter((part) => part.length > 0)
}

/** 「実施回 … 版 … 下限 … 公開日」: the same under each page that came from this report. */
export function footOf(
  data: {
    content: Pick<ReportContent, 'campaign' | 'questionnaires' | 'floor'>
    contentHash: string
    methodVersion: string
  },
  words: Words,
): string {
  const { content, contentHash, methodVersion } = data
  const params = {
    campaign: content.campaign.name,
    versions: words.list(
      content.questionnaires.map(({ slug, version, hash }) => `${slug}@${version} (${hash.slice(0, 8)})`),
    ),
    floor: words.number(content.floor),
    hash: contentHash.slice(0, 12),
    method: methodVersion,
    day: words.date(content.campaign.closesOn),
  }
  return words.t('footer', params)
}

function findingsView({ content, titles, departmentHref }: ReportData, words: Words) {
  return content.groups.flatMap((group) => {
    const { findings } = group.figures
    if (findings.kind === 'withheld' || findings.value.length === 0) return []
    return [
      {
        name: nameOf(group, words),
        href: group.kind === 'department' && departmentHref ? departmentHref(group.id) : '',
        findings: findings.value.map((finding) => findingView(finding, titles, words)),
      },
    ]
  })
}

/** One finding: the sentence, how sure, the items behind it, what to do next and where that is from. */
export function findingView(finding: FindingValue, titles: ScaleTitles, words: Words) {
  const { evidence, n } = finding
  const params = { n: words.number(n) }
  const said =
    evidence.kind === 'gap'
      ? words.text('findings.evidence.gap', {
          ...params,
          gap: words.number(evidence.size, 2),
          lo: words.number(evidence.lo, 2),
          hi: words.number(evidence.hi, 2),
        })
      : evidence.kind === 'spread'
        ? words.text('findings.evidence.spread', { ...params, ratio: words.number(evidence.size, 1) })
        : words.text('findings.evidence.chart', {
            ...params,
            risk: words.number(evidence.size),
            lo: words.number(evidence.lo),
            hi: words.number(evidence.hi),
          })
  return {
    heading: words.text(`findings.${finding.id}.title`),
    sentence: words.text(finding.textKey),
    evidence: said,
    items: finding.items.map((id) => titles.item(id)),
    nextSteps: finding.steps.map((step) => words.text(step.textKey)),
    source: words.text('findings.steps.source', {
      item: words.list(finding.steps.map((step) => String(step.checklistItem))),
    }),
  }
}
