import type { InstrumentTitles } from './instrument-titles.ts'
import { instrumentView } from './instrument-view.ts'
import type { ManagerInstrumentPart } from './manager-queries.ts'
import type { Words } from './words.ts'

/** An instrument's figures of the own department beside the company's: no other department, nothing in yen. */
export function managerInstrumentView(part: ManagerInstrumentPart, titles: InstrumentTitles, words: Words) {
  const { frame, company, department, contentHash, methodVersion } = part
  const { overview, recommendations, means, spreads, chosen, instrumentName, foot } = instrumentView(
    { content: { ...frame, groups: [company, department] }, contentHash, methodVersion, titles },
    words,
  )
  return {
    departmentName: department.name,
    campaignName: frame.campaign.name,
    instrumentName,
    shown: department.figures.response.kind === 'shown',
    instrument: { overview, recommendations, means, spreads, chosen },
    foot,
  }
}
