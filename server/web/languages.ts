import { locales, wholeLocales, type Locale } from '../locales.ts'

/** Addresses of those who answer (`/a`, `/answer`, `/result`), who leave (`/g`, `/graduation`) and who have left (`/alumni`, `/c/…/alumni`). */
const addresses = /^\/(a|answer|result|g|graduation|alumni|c\/[^/?]+\/alumni)(?=[/?]|$)/

/** The languages that the page at this address is written in, `ja` first. */
export function localesOfAddress(url: string): readonly Locale[] {
  return addresses.test(url) ? locales : wholeLocales
}

/** What people see who answer, leave or have left: keys that begin like these have a text in every language. */
const peoplesTexts =
  /^(answering\.\w+|mail|problem|campaigns\.(mail|condition)|physician-desk\.reason|results\.(mail|profile|degree|own|need|selfCare|receipts|reason|request|consultation|consent)|graduations\.(actor|step|notice|backToWalk|landing|walk|contact|confirmContact|interview|followup|mail)|roster\.mail|alumni\.(?!hr\.|request\.|reason\.|return\.move\.|mail\.returnRequest\.)\w+|web\.(brand|skip|back|language|footer|help|contact|errors|form|unvalidated|steps|saved|copy|role))(\.|$)/

/** Single ones among texts that are for the desks otherwise. */
const peoplesOwn: readonly string[] = [
  'graduations.departure.tick',
  'graduations.departure.undo',
  'graduations.errors.confirm',
  'graduations.errors.email',
]

/** Steps of a leaver's list that only HR sees. */
const forHr = /^graduations\.step\.(bereaved_contact|funeral_benefit)\./

/** Is this a text that people see who answer, leave or have left? Then it exists in every language (tested). */
export const isForPeople = (key: string): boolean =>
  (peoplesTexts.test(key) && !forHr.test(key)) || peoplesOwn.includes(key)

/** The part of them that somebody sees who takes part in a campaign, from the mail to the interview request. */
export const isForParticipants = (key: string): boolean => isForPeople(key) && !/^(graduations|alumni)\./.test(key)
