import { comparableContent } from './earlier-report.ts'
import { isFlagged } from './summary.ts'
import { byRisk, isShown, type ReportData } from './report-data.ts'
import { sayInterval, sayRisk, type Words } from './words.ts'

interface Sentence {
  words: string
  /** where its evidence stands on the page */
  href: string
  evidence: string
}

/** The three sentences a director reads: how the company stands, where it differs, where people are likely to leave. */
export function sentencesOf(data: ReportData, words: Words): Sentence[] {
  const sentence = (text: string, href: string): Sentence => ({
    words: text,
    href,
    evidence: words.t(`evidence.${href.slice(1)}`),
  })
  return [
    sentence(companySentence(data, words), '#judgement'),
    sentence(differenceSentence(data, words), '#findings'),
    sentence(turnoverSentence(data, words), '#turnover'),
  ]
}

function companySentence({ content, previous }: ReportData, words: Words): string {
  const company = content.groups.find((group) => group.kind === 'company')!
  const { response, chart } = company.figures
  if (response.kind === 'withheld') return words.t('sentence.companyWithheld', { floor: words.number(content.floor) })
  const { respondents, invited, rate } = response.value
  const taking = words.t('sentence.taking', {
    respondents: words.number(respondents),
    invited: words.number(invited),
    rate: rate === null ? '–' : words.percent(rate),
  })
  if (chart.kind === 'withheld') return taking
  const { total, interval90 } = chart.value
  const side = interval90.total.lo > 100 ? 'above' : interval90.total.hi < 100 ? 'below' : 'alike'
  const risk = words.t(`sentence.risk.${side}`, {
    total: words.number(total),
    interval: sayInterval(words, interval90.total),
  })
  const before = comparableContent(previous, 'chart')?.groups.find((group) => group.kind === 'company')?.figures.chart
  const change = before?.kind === 'shown' ? words.t('sentence.before', { total: words.number(before.value.total) }) : ''
  return taking + risk + change
}

const named = 3

function differenceSentence({ content }: ReportData, words: Words): string {
  const departments = content.groups.filter((group) => group.kind === 'department' && isShown(group))
  const found = departments.flatMap((group) => {
    const { findings } = group.figures
    return findings.kind === 'shown' && findings.value.length > 0
      ? [{ name: group.name, findings: findings.value }]
      : []
  })
  if (departments.length === 0) return words.t('sentence.noDepartments')
  if (found.length === 0) return words.t('sentence.noDifference', { departments: words.number(departments.length) })
  const worst = found.toSorted((a, b) => b.findings.length - a.findings.length).slice(0, named)
  const names = worst.map(({ name, findings }) =>
    words.t('sentence.departmentWith', {
      name,
      findings: words.list(findings.slice(0, named).map(({ id }) => words.text(`findings.${id}.title`))),
    }),
  )
  return words.t(found.length > named ? 'sentence.differencesMost' : 'sentence.differences', {
    departments: words.number(departments.length),
    found: words.number(found.length),
    names: words.list(names),
  })
}

function turnoverSentence({ content, assessment }: ReportData, words: Words): string {
  if (!content.turnoverRiskPurpose) return words.t('sentence.noPurpose')
  if (!assessment) return words.t('sentence.notAssessed')
  const rows = byRisk(content, assessment)
  const high = rows.filter(({ figure }) => figure.value.status === 'high')
  const flagged = rows.filter(({ figure }) => isFlagged(figure))
  const unknown = rows.filter(({ figure }) => figure.value.status === 'insufficient')
  const rest = unknown.length > 0 ? words.t('sentence.unknown', { count: words.number(unknown.length) }) : ''
  if (flagged.length === 0) return words.t('sentence.noFlag', { departments: words.number(rows.length) }) + rest
  const name = ({ group, figure }: (typeof rows)[number]) =>
    words.t('sentence.riskOf', { name: group.name, ...sayRisk(words, figure.value) })
  const watched = words.number(flagged.length - high.length)
  if (high.length === 0)
    return (
      words.t('sentence.watchOnly', {
        names: words.list(flagged.slice(0, named).map(({ group }) => group.name)),
        count: watched,
      }) + rest
    )
  return (
    words.t('sentence.high', {
      names: words.list(high.slice(0, named).map(name)),
      count: words.number(high.length),
      watched,
    }) + rest
  )
}
