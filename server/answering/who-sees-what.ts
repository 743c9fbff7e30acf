import { sql } from 'kysely'
import type { AnyHandle } from './tables.ts'

/** Desks a person wants to know about, by the database role each of them runs as. */
export const desks = ['implementer', 'clerk', 'physician', 'hr', 'manager', 'admin'] as const
export type Desk = (typeof desks)[number]

/** Records a person wants to know about. */
const records = {
  answers: 'response',
  result: 'result',
  request: 'interview_request_for_employer',
  participation: 'participation',
  groupFigures: 'group_report',
} as const
export type RecordKind = keyof typeof records

/** never · only after the person has asked for an interview · only once released · always */
export type Reach = 'never' | 'after_request' | 'when_released' | 'always'

export type Permissions = Readonly<Record<Desk, Readonly<Record<RecordKind, Reach>>>>

interface PermissionRow {
  desk: Desk
  record: RecordKind
  readable: boolean
  /** conditions of the row-level policies that restrict this very role; empty when there is none */
  conditions: string
}

/**
 * What each desk can read, asked of the database itself: grants (of any column) and the restricting row-level policies of
 * its role. So the card on the landing page is true by construction: whoever changes a grant changes the card.
 */
export async function readPermissions(db: AnyHandle): Promise<Permissions> {
  const wanted = desks.flatMap((desk) =>
    Object.entries(records).map(([record, table]) => ({
      desk,
      record,
      role: `hanamichi_${desk}`,
      table: `hanamichi.${table}`,
    })),
  )
  const { rows } = await sql<PermissionRow>`
    SELECT w.desk, w.record, has_any_column_privilege(w.role::name, w."table"::regclass, 'SELECT') AS readable,
      coalesce((
        SELECT string_agg(pg_get_expr(p.polqual, p.polrelid), ' ')
        FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles)
        WHERE p.polrelid = w."table"::regclass AND NOT p.polpermissive AND p.polcmd IN ('*', 'r') AND r.rolname = w.role
      ), '') AS conditions
    FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS w(desk text, record text, role text, "table" text)`.execute(
    db,
  )
  const found = Object.fromEntries(desks.map((desk) => [desk, {}])) as Record<Desk, Record<RecordKind, Reach>>
  for (const row of rows) found[row.desk][row.record] = decideReach(row.readable, row.conditions)
  return found
}

/** How far a grant with its restricting conditions goes. A condition we do not know is no comfort: it counts as none. */
export function decideReach(readable: boolean, conditions: string): Reach {
  if (!readable) return 'never'
  if (/\binterview_request\b/.test(conditions)) return 'after_request'
  if (/\bstate = 'released'/.test(conditions)) return 'when_released'
  return 'always'
}

/** What of a campaign's settings the card tells. */
export interface CardSettings {
  /** a pulse makes no result of a person */
  kind?: 'stress_check' | 'pulse'
  employerReceivesIndividualResults: boolean
  floor: number
  highStressShareResolvedOn: string | null
  turnoverRiskPurpose: boolean
}

/** One line of the card: who, and sentences as text keys with their values. */
export interface CardLine {
  /** desks with the same reach share a line; none: what is made of everybody's answers together */
  who: readonly Desk[]
  sentences: { key: string; params?: Record<string, number> }[]
}

/**
 * The card "who will see what": one line per desk, then what is made of everybody's answers together. Plain sentences, each
 * following from a permission or a setting; nothing is said that neither of them says.
 */
export function decideCard(permissions: Permissions, settings: CardSettings): CardLine[] {
  const lines: { who: Desk[]; sentences: CardLine['sentences'] }[] = []
  for (const desk of desks) {
    const { answers, result } = permissions[desk]
    const last = lines.at(-1)
    const before = last && permissions[last.who[0]!]
    // the employer's line says more than its reach
    if (last && desk !== 'hr' && last.who[0] !== 'hr' && before?.answers === answers && before.result === result)
      last.who.push(desk)
    else
      lines.push({
        who: [desk],
        sentences:
          settings.kind === 'pulse'
            ? [{ key: `answering.card.answers.${answers}` }]
            : individualSentences(answers, result),
      })
  }
  // Act on Industrial Safety and Health, article 105: who handles the check keeps it secret
  for (const line of lines)
    if (line.who.every((desk) => desk === 'implementer' || desk === 'clerk'))
      line.sentences.push({ key: 'answering.card.secrecy' })
  const employer = lines.find((line) => line.who[0] === 'hr')!
  if (settings.kind === 'pulse')
    employer.sentences.push(
      { key: 'answering.card.employer.noneMade' },
      { key: `answering.card.employer.${permissions.hr.participation === 'never' ? 'takenNever' : 'taken'}` },
    )
  else
    employer.sentences.push(
      { key: `answering.card.employer.${settings.employerReceivesIndividualResults ? 'consent' : 'noResults'}` },
      { key: `answering.card.employer.${permissions.hr.participation === 'never' ? 'takenNever' : 'taken'}` },
      { key: `answering.card.employer.${permissions.hr.request === 'never' ? 'requestNever' : 'request'}` },
    )
  const readers = desks.filter((desk) => permissions[desk].groupFigures !== 'never')
  const groups: CardLine = {
    who: [],
    sentences: [
      {
        key: `answering.card.groups.${readers.includes('hr') || readers.includes('manager') ? 'shared' : 'implementerOnly'}`,
        params: { floor: settings.floor },
      },
      ...(settings.kind === 'pulse'
        ? []
        : [
            {
              key: `answering.card.groups.${settings.highStressShareResolvedOn === null ? 'withoutShare' : 'withShare'}`,
            },
          ]),
    ],
  }
  if (settings.turnoverRiskPurpose) groups.sentences.push({ key: 'answering.card.groups.turnover' })
  return [...lines, groups]
}

function individualSentences(answers: Reach, result: Reach): CardLine['sentences'] {
  if (answers === result) return [{ key: `answering.card.both.${answers}` }]
  return [{ key: `answering.card.answers.${answers}` }, { key: `answering.card.result.${result}` }]
}
