import { holdsCrisisWording } from './crisis.ts'
import { helpLines, type HelpLine } from './help-lines.data.ts'

export { holdsCrisisWording } from './crisis.ts'

/** A line as templates/web/help-lines.hbs prints it. */
interface LineView {
  nameKey: string
  hoursKey: string
  phone: string
  url: string
}

/** Root `helpLines` of a page (see templates/web/help-lines.hbs). */
export interface HelpView {
  helpLines?: { lines: LineView[] }
}

/**
 * What a page shows to whoever wrote these texts: help lines where the kept list finds words of it, otherwise nothing. Worked out from what the person
 * has just saved each time a page is made, so that there is nothing to remember: no mark in a table, no address of its own, no other status.
 */
export function helpFor(texts: readonly unknown[], locale: string): HelpView {
  return holdsCrisisWording(texts) ? { helpLines: { lines: linesIn(locale) } } : {}
}

/** Those offered first in the page's language, then the others. */
function linesIn(locale: string): LineView[] {
  const isFirst = (line: HelpLine) => (line.first as readonly string[]).includes(locale)
  const inOrder = [...helpLines.filter(isFirst), ...helpLines.filter((line) => !isFirst(line))]
  return inOrder.map(({ id, phone, url }) => ({
    nameKey: `web.help.line.${id}.name`,
    hoursKey: `web.help.line.${id}.hours`,
    phone: phone ?? '',
    url: url ?? '',
  }))
}
