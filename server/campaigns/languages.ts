import type { FastifyRequest } from 'fastify'
import { lackOf, versionsOf, type LanguageLack, type QuestionnaireVersion } from '../questionnaires/index.ts'
import { locales, type Locale } from '../locales.ts'
import { isForParticipants } from '../web/languages.ts'
import type { Texts } from '../web/texts.ts'
import { findInvitation } from './invitations.ts'
import { campaignQuestionnaires } from './queries.ts'
import type { AnyHandle } from './tables.ts'

/** A language, and what keeps a campaign from being offered in it: nothing, where both are empty. */
export interface CampaignLanguage {
  locale: Locale
  lacks: { version: QuestionnaireVersion; lack: LanguageLack }[]
  /** texts of mails, consent, request and result that are not written in it */
  missingKeys: string[]
}

/** In which languages somebody can take part: all of it is there, from the mail to the interview request, or none of it is offered. */
export function languagesOf(versions: readonly QuestionnaireVersion[], texts: Texts): CampaignLanguage[] {
  return locales.map((locale) => ({
    locale,
    lacks: versions.flatMap((version) => {
      const lack = lackOf(version, locale, texts)
      return lack ? [{ version, lack }] : []
    }),
    missingKeys: keysForParticipants(texts).filter((key) => !texts.has(locale, key)),
  }))
}

const keysKnown = new WeakMap<Texts, string[]>()

function keysForParticipants(texts: Texts): string[] {
  let keys = keysKnown.get(texts)
  if (!keys) keysKnown.set(texts, (keys = texts.keys('ja').filter(isForParticipants)))
  return keys
}

export const isComplete = ({ lacks, missingKeys }: CampaignLanguage): boolean =>
  lacks.length === 0 && missingKeys.length === 0

const known = new WeakMap<Texts, Map<string, readonly Locale[]>>()

/** The languages offered, worked out once for these versions: they never change. */
export function offeredLocales(versions: readonly QuestionnaireVersion[], texts: Texts): readonly Locale[] {
  let byVersions = known.get(texts)
  if (!byVersions) known.set(texts, (byVersions = new Map()))
  const name = versions.map(({ hash }) => hash).join()
  let found = byVersions.get(name)
  if (!found) {
    found = languagesOf(versions, texts)
      .filter(isComplete)
      .map(({ locale }) => locale)
    byVersions.set(name, found)
  }
  return found
}

/**
 * Shows a page of a campaign in a language that it is offered in: the one asked for, else Japanese, else the first. Its links
 * to other languages name those that are offered.
 */
export function offerLanguages(request: FastifyRequest, versions: readonly QuestionnaireVersion[], texts: Texts): void {
  const offered = offeredLocales(versions, texts)
  request.locales = offered
  if (!offered.includes(request.locale)) request.locale = offered.includes('ja') ? 'ja' : (offered[0] ?? 'ja')
}

/** The same for a page that asks nothing, in the transaction of whoever takes part. */
export async function offerLanguagesOfInvitation(
  request: FastifyRequest,
  db: AnyHandle,
  companyId: string,
  invitationId: string,
  texts: Texts,
): Promise<void> {
  const invitation = await findInvitation(db, companyId, invitationId)
  if (!invitation) return
  const asked = await campaignQuestionnaires(db, companyId, invitation.campaignId)
  offerLanguages(request, await versionsOf(companyId, asked, (work) => work(db)), texts)
}
