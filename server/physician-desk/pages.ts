import { dateIn } from '../clock.ts'
import type { InterviewRequest } from '../results/index.ts'
import type { Member } from '../roster/index.ts'
import { formatDate, formatNumber } from '../web/formats.ts'
import type { Texts } from '../web/texts.ts'
import { clocksOf, type Clock } from './clocks.ts'
import type { ReleasedOpinion, TypedForm } from './opinion-form.ts'
import type { Measure } from './measures.ts'

export type Words = (key: string, params?: Record<string, string | number>) => string
export const wordsOf =
  (texts: Texts, locale: string): Words =>
  (key, params) =>
    texts.text(locale, `physician-desk.${key}`, params)

/** The clocks of a request on a day of the company's time zone. */
export function clocksOfRequest(
  request: InterviewRequest,
  timeZone: string,
  today: string,
): ReturnType<typeof clocksOf> {
  return clocksOf(
    {
      notifiedOn: dateIn(timeZone, request.notifiedAt),
      requestedOn: dateIn(timeZone, request.requestedAt),
      late: request.late,
      interviewedOn: request.interview?.heldOn,
      opinionOn: request.opinionReleasedAt && dateIn(timeZone, request.opinionReleasedAt),
      withdrawn: request.withdrawnAt !== undefined,
    },
    today,
  )
}

const tagOf = { late: 'late', week: 'strong', fortnight: 'wait', far: 'quiet', met: 'done', waiting: 'quiet' } as const

/** A clock in words: 「あと9日」 with the day, 「3日超過」, 「済み」. */
export function clockCell(
  clock: Clock,
  words: Words,
  locale: string,
  timeZone: string,
): { text: string; tag?: string; note?: string } {
  if (clock.urgency === 'waiting') return { text: words('clock.waiting') }
  if (clock.urgency === 'met') return { text: words('clock.met'), tag: 'done' }
  const note =
    clock.byOn === null ? '' : words('clock.by', { day: formatDate('dateWithWeekday', clock.byOn, locale, timeZone) })
  if (clock.daysLeft === null) return { text: words('clock.lateRequest'), tag: 'late' }
  const text =
    clock.daysLeft < 0
      ? words('clock.over', { days: formatNumber(-clock.daysLeft, locale) })
      : clock.daysLeft === 0
        ? words('clock.today')
        : words('clock.left', { days: formatNumber(clock.daysLeft, locale) })
  return { text, tag: tagOf[clock.urgency], note }
}

/** Late first, then by days left; what is done stands last. */
export function byUrgency(a: Clock, b: Clock): number {
  const rank = (clock: Clock) => (clock.daysLeft === null ? 100_000 : clock.daysLeft)
  return rank(a) - rank(b)
}

export function nameOf(member: Member | undefined, words: Words): string {
  return member ? `${member.familyName} ${member.givenName}`.trim() : words('nameless')
}

/** Whole years on a day; undefined where the roster has no birth date. */
export function ageOn(birthOn: string | null, on: string): number | undefined {
  if (birthOn === null) return undefined
  const years = Number(on.slice(0, 4)) - Number(birthOn.slice(0, 4))
  return on.slice(5) < birthOn.slice(5) ? years - 1 : years
}

/** The released form as rows of a summary: the preview and HR's page show the same. */
export function releasedRows(
  content: ReleasedOpinion,
  words: Words,
  locale: string,
  timeZone: string,
): { key: string; value: string }[] {
  const day = (on: string) => formatDate('date', on, locale, timeZone)
  const rows: [string, string][] = [
    ['interviewedOn', `${day(content.interviewedOn)} (${words(`mode.${content.mode}`)})`],
    ['workCategory', words(`workCategory.${content.workCategory}`)],
    [
      'hours',
      content.hours
        .map((one) => {
          if (one === 'overtime_limit')
            return words('hours.overtimeLimitOf', { hours: formatNumber(content.overtimeHours ?? 0, locale) })
          return one === 'other' ? `${words('hours.other')}: ${content.hoursOther}` : words(`hours.${one}`)
        })
        .join(words('comma')),
    ],
  ]
  if (content.otherLimits.length > 0)
    rows.push(['otherLimits', content.otherLimits.map((one) => words(`otherLimits.${one}`)).join(words('comma'))])
  if (content.limitsDetail) rows.push(['limitsDetail', content.limitsDetail])
  if (content.periodFrom)
    rows.push([
      'period',
      words('period', {
        from: day(content.periodFrom),
        until: content.periodUntil ? day(content.periodUntil) : words('untilNext'),
      }),
    ])
  if (content.workplaceImprovement) rows.push(['workplaceImprovement', content.workplaceImprovement])
  if (content.medicalVisits) rows.push(['medicalVisits', content.medicalVisits])
  rows.push(['physician', `${content.physicianName} (${content.affiliation}) ${day(content.opinionOn)}`])
  return rows.map(([key, value]) => ({ key: words(`form.${key}`), value }))
}

/** Values of the form's fields for the page: what is typed, what is chosen. */
export function opinionFields(
  form: TypedForm,
  words: Words,
  unchecked: readonly string[],
  lists: Record<string, readonly string[]>,
): Record<string, unknown> {
  const chosen: Record<string, string | number | string[]> = form
  const options = Object.fromEntries(
    Object.entries(lists).map(([field, values]) => [
      field,
      values.map((value) => ({
        value,
        label: words(`${listKey[field]!}.${value}`),
        checked: [chosen[field]].flat().includes(value),
        ...(unchecked.includes(value) && { hint: words('form.uncheckedWording') }),
      })),
    ]),
  )
  const typed = Object.fromEntries(
    Object.entries(chosen).map(([field, value]) => [field, Array.isArray(value) ? '' : String(value)]),
  )
  return { options, typed }
}

const listKey: Record<string, string> = {
  mind_body: 'mindBody',
  guidance: 'guidance',
  work_category: 'workCategory',
  hours: 'hours',
  other_limits: 'otherLimits',
}

/** Measures as a table. */
export function measureTable(
  measures: readonly Measure[],
  words: Words,
  locale: string,
  timeZone: string,
): Record<string, unknown> {
  const day = (on: string | null) => (on === null ? words('measure.open') : formatDate('date', on, locale, timeZone))
  return {
    columns: ['kind', 'detail', 'from_on', 'until_on', 'review_on', 'person_heard_on'].map((key) => ({
      label: words(`measure.${key}`),
    })),
    rows: measures.map((one) => ({
      cells: [
        { text: words(`measureKind.${one.kind}`), heading: true },
        { text: one.detail },
        ...[one.from_on, one.until_on, one.review_on, one.person_heard_on].map((on) => ({ text: day(on) })),
      ],
    })),
  }
}
