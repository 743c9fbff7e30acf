import type { Landing } from './landing.ts'
import { decideCard } from './who-sees-what.ts'
import type { Words } from '../web/words.ts'

/** View model of templates/answering/landing.hbs. */
export function landingView(landing: Landing, token: string, { say, read }: Words): Record<string, unknown> {
  const { campaign, versions, standing, link } = landing
  const items = versions.reduce((sum, version) => sum + version.items.length, 0)
  const minutes = versions.reduce((sum, version) => sum + (version.definition.minutes ?? 1), 0)
  return {
    companyName: link.companyName,
    contact: landing.contact,
    campaignName: campaign.name,
    isPulse: campaign.kind === 'pulse',
    pageTitle: campaign.kind === 'pulse' ? campaign.name : say('answering.landing.title'),
    titles: versions.map((version) => read(version.definition.title)),
    items,
    minutes,
    opensOn: campaign.opensOn,
    closesOn: campaign.closesOn,
    rulesUrl: /^https?:\/\//.test(campaign.rulesUrl) ? campaign.rulesUrl : '',
    card: decideCard(landing.permissions, campaign).map((line) => ({
      who:
        line.who.length === 0
          ? say('answering.card.who.groups')
          : line.who.map((desk) => say(`answering.card.who.${desk}`)).join(say('answering.card.and')),
      sentences: line.sentences.map((one) => say(one.key, one.params)),
    })),
    startAction: `/a/${token}/start`,
    declineHref: `/a/${token}/decline`,
    isOpen: ['fresh', 'own', 'elsewhere', 'bound', 'declined'].includes(standing),
    mayDecline: ['fresh', 'own', 'elsewhere', 'bound'].includes(standing),
    standing,
    buttonText: say(`answering.landing.button.${['own', 'bound', 'released'].includes(standing) ? standing : 'fresh'}`),
    needsPin: landing.invitation.needsPaperPin && ['fresh', 'elsewhere', 'declined'].includes(standing),
    asksOver: landing.wouldLoseAnswers,
  }
}
