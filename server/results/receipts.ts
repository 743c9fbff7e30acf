import type { AuditEntryTable } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { formatDate, formatNumber } from '../web/formats.ts'
import type { Texts } from '../web/texts.ts'

/** One opening or act on the person's record, in words. */
export interface Receipt {
  at: string
  who: string
  what: string
  why: string
  /** how often in a row on one day; undefined for once */
  times: string | undefined
}

/**
 * Disclosure receipts: who did what to my record, when and why. The person's own acts are left out; programs that only add up
 * groups are named as what they are.
 */
export function receiptRows(
  entries: readonly AuditEntryTable[],
  names: ReadonlyMap<string, string>,
  texts: Texts,
  locale: string,
  timeZone: string,
): Receipt[] {
  const text = (key: string, params?: Record<string, string>) => texts.text(locale, key, params)
  const lines = entries
    .filter((entry) => entry.actor_kind !== 'participant')
    .map((entry) => {
      const role = `web.role.${entry.actor_role}`
      const name = entry.actor_id ? names.get(entry.actor_id) : undefined
      const what = `results.receipts.action.${entry.action}`
      return {
        on: dateIn(timeZone, entry.at),
        at: texts.withReadings(locale, formatDate('dateTime', entry.at, locale, timeZone)),
        who:
          entry.actor_kind === 'staff' && texts.has(locale, role)
            ? text('results.receipts.person', { role: text(role), name: name ?? text('results.receipts.nameGone') })
            : text('results.receipts.program'),
        what: text(texts.has(locale, what) ? what : 'results.receipts.action.other'),
        why: texts.has(locale, entry.reason) ? text(entry.reason) : '',
      }
    })
  const receipts: (Receipt & { on: string; count: number })[] = []
  for (const line of lines) {
    const last = receipts.at(-1)
    if (last && last.on === line.on && last.who === line.who && last.what === line.what) {
      last.count++
      last.times = formatNumber(last.count, locale)
    } else receipts.push({ ...line, count: 1, times: undefined })
  }
  return receipts
}
