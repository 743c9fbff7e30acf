/**
 * Campaigns: who is asked what, from when to when. HR plans one, the implementer signs questionnaires, criteria and the
 * department tree, it opens and closes by date, people get their link by mail and are reminded as long as they have
 * neither answered nor declined. HR learns of taking part once a day and as yes or no; the implementer's side sees
 * progress live. Other capabilities come in through these functions, in their own transaction.
 */
export {
  advanceCampaign,
  campaignQuestionnaires,
  campaignWorkplaces,
  findCampaign,
  getCampaign,
  listCampaigns,
  ownCampaign,
  requireReach,
  type Campaign,
  type CampaignQuestionnaire,
  type CampaignWorkplace,
} from './queries.ts'
export {
  appliedCriteria,
  campaignCriteria,
  criteriaInForce,
  hashCriteria,
  statutoryVersion,
  type AppliedCriteria,
  type CriteriaInForce,
  type WorkplaceCriteria,
} from './criteria.ts'
export { criteriaLines, ruleWords } from './criteria-words.ts'
export { campaignGroups, reportingGroups, type CampaignGroup, type ReportingGroup } from './groups.ts'
export {
  findInvitation,
  listInvitations,
  markDeclined,
  markStarted,
  isRefusedSubmission,
  markSubmitted,
  submittingInvitation,
  openSnapshots,
  type Invitation,
} from './invitations.ts'
export { identifySubjects, type Identity } from './subjects.ts'
export { countUninvited, inviteNewcomers } from './newcomers.ts'
export { closeCampaign, openCampaign, type Opening } from './opening.ts'
export { countParticipation, listParticipation, refreshParticipation } from './participation.ts'
export { committeeItems, methodNames, opinionItems } from './rules.ts'
export { startOfDay } from './calendar.ts'
export type { AgeBand, CampaignState, CriteriaMethod, InvitationState, Snapshot, TenureBand } from './rules.ts'
export { changeCampaign, createCampaign, prepareCampaign, type CampaignPlan, type Preparation } from './planning.ts'
export { offerLanguages, offerLanguagesOfInvitation } from './languages.ts'
export { chooseMerges, currentGroups, returnCampaign, signCampaign, type Signature } from './signing.ts'
export { sendReminders } from './reminders.ts'
export { mailTemplates } from './mails.ts'
export { jobHandlers, ticks } from './jobs.ts'
export { addRoutes } from './routes.ts'
