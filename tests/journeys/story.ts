import type { Site } from '../helpers/chromium.ts'
import type { TestCompany } from '../helpers/world.ts'
import type { StaffMember } from './company.ts'

/** What the people of one story share: each walker leaves behind what the next one needs. */
export interface Story {
  site: Site
  company: TestCompany
  hr: StaffMember
  implementer: StaffMember
  physician: StaffMember
  /** address of the campaign, without the desk in front */
  campaign: string
  /** personal codes by employee code */
  codes: Map<string, string>
}
