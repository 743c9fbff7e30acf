/**
 * The default matrix of who may read and write what, as the database holds it. S I U D: select, insert, update, delete of whole rows;
 * s i u: of some columns only. Rows are narrowed further by row-level policies. A change here is a change of the promise: the card on the
 * landing page, the law's table R-7 and this list must say the same.
 */
export const grants: Readonly<Record<string, string>> = {
  alumni_checkin: 'alumni SuD, analysis s, hr s, mailer s, scheduler sI',
  alumni_checkin_plan: 'alumni S, hr SIU, leaver S, mailer S, scheduler S',
  alumni_consent: 'alumni SIUD, mailer S, scheduler s',
  alumni_member: 'alumni SIUD, hr s, mailer S, scheduler s',
  assignment: 'hr SIU',
  audit_entry:
    'admin sI, alumni SI, analysis I, chain S, clerk SI, employee SI, hr SI, implementer SI, jobs I, leaver SI, mailer I, manager I, physician SI, scheduler I, setup I, sign_in I, turnover I',
  audit_link: 'admin S, chain SI, employee S',
  campaign:
    'admin S, analysis S, clerk S, employee S, hr Siu, implementer Su, mailer S, manager S, physician S, scheduler Su, turnover S',
  campaign_group:
    'admin S, analysis S, clerk S, employee S, hr SIUD, implementer SIUD, mailer S, manager S, physician S, scheduler S, turnover S',
  campaign_questionnaire:
    'admin S, analysis S, clerk S, employee S, hr SIUD, implementer S, mailer S, manager S, physician S, scheduler S, turnover S',
  campaign_workplace:
    'admin S, analysis S, clerk S, employee S, hr SIUD, implementer Su, mailer S, manager S, physician S, scheduler S, turnover S',
  company:
    'admin Su, alumni S, analysis S, clerk S, employee S, hr Su, implementer S, jobs S, leaver S, mailer S, manager S, physician S, scheduler S, setup SI, sign_in S, turnover S',
  company_key: 'setup I',
  consent: 'employee SIu, implementer S',
  consultation: 'employee SI, physician Su',
  criteria_trial: 'analysis Su, implementer Si',
  data_key:
    'admin SI, alumni SID, analysis SI, clerk SI, employee SID, hr SI, implementer SI, leaver SID, mailer SI, physician SI, scheduler SI, setup SI, sign_in SI',
  deletion_certificate: 'admin S, alumni SI',
  department:
    'admin S, analysis S, clerk S, employee S, hr SIU, implementer S, leaver S, mailer S, manager S, physician S, scheduler S, setup S, sign_in S, turnover S',
  department_succession:
    'admin S, analysis S, clerk S, employee S, hr SIU, implementer S, leaver S, mailer S, manager S, physician S, scheduler S, setup S, sign_in S, turnover S',
  department_version:
    'admin S, analysis S, clerk S, employee S, hr SIU, implementer S, leaver S, mailer S, manager S, physician S, scheduler S, setup S, sign_in S, turnover S',
  departure: 'hr SIU, leaver s, mailer S, scheduler S',
  departure_fact: 'hr S, turnover S',
  disclosure_ledger: 'analysis SI, implementer S',
  employee: 'hr SIU',
  employer_request: 'employee I',
  employer_request_event: 'employee SI, physician SI',
  employment: 'hr SIU',
  exit_followup: 'analysis S, hr S, leaver SIuD, mailer s, scheduler su',
  exit_interview: 'analysis S, hr SI, leaver Su, mailer s, scheduler su',
  exit_subject: 'hr SI, leaver S, mailer S, scheduler S',
  graduation_step: 'hr SIU, leaver Su',
  group_report: 'analysis SIu, clerk S, hr S, implementer Su, turnover S',
  group_report_for_manager: 'manager S',
  group_report_pay: 'hr SID',
  group_report_recipient: 'hr S, implementer SID',
  interview_need: 'clerk S, employee S, implementer SI, physician S',
  interview_note: 'physician SIu',
  interview_request: 'clerk S, employee SI, implementer S, physician S',
  interview_request_event: 'clerk S, employee SI, implementer S, physician SI',
  interview_request_for_employer: 'hr S',
  invitation: 'analysis S, clerk SIu, employee Su, implementer S, mailer S, scheduler SIu',
  job_progress:
    'admin SIU, analysis SIU, clerk SIU, hr SIU, implementer SIU, jobs SIU, mailer SIU, physician SIU, scheduler SIU, turnover SIU',
  job_request:
    'admin I, alumni I, analysis I, clerk I, employee I, hr I, implementer I, jobs SIUD, leaver I, mailer I, manager I, physician I, scheduler I, setup I',
  link_token: 'admin su, alumni su, clerk sIu, hr su, mailer I, scheduler su, sign_in su',
  mail_message:
    'admin sI, alumni I, clerk SIu, employee I, hr sI, implementer SI, jobs I, leaver I, mailer SIU, physician I, scheduler SIu, setup I',
  mail_suppression: 'alumni SI, leaver SI, mailer SI',
  measure: 'hr SIu',
  notice: 'clerk S, employee Su, implementer SI',
  opinion: 'employee s, physician SIu',
  own_released_opinion: 'employee S',
  participation: 'hr S, implementer s, scheduler SIU',
  personal_code: 'clerk sD, employee SIU',
  personnel_authority: 'admin S, hr SIu, implementer S, scheduler S, setup S, sign_in S',
  // nobody: the roster's views read it
  personnel_authority_holder: '',
  private_contact: 'hr S, leaver SIU, mailer S',
  questionnaire_draft: 'hr SiuD, implementer Su',
  questionnaire_version:
    'admin S, analysis S, clerk S, employee S, hr SI, implementer SI, leaver S, manager S, physician S, scheduler S',
  released_opinion: 'hr S, physician I',
  repeated_post:
    'admin SI, alumni SI, clerk SI, employee SI, hr SI, implementer SI, jobs SD, leaver SI, manager SI, physician SI',
  response: 'analysis S, clerk SI, employee SI, implementer S',
  response_draft: 'employee SIUD, scheduler sD',
  result: 'analysis S, clerk SI, employee SI, implementer S, physician S',
  return_request: 'alumni SIu, hr Su',
  role_grant:
    'admin SIu, alumni S, clerk S, employee S, hr Su, implementer S, jobs S, leaver S, mailer S, manager S, physician S, scheduler S, setup SI, sign_in Su',
  roster_assignment: 'clerk S, hr S, implementer S, mailer S, physician S, scheduler S',
  roster_authority_address: 'admin S, setup S',
  roster_department: 'admin S, hr S, implementer S, setup S, sign_in S',
  roster_former_address: 'mailer S',
  roster_import: 'hr SIUD',
  roster_import_line: 'hr SIUD',
  roster_movement: 'analysis S, clerk S, hr S, implementer S, turnover S',
  roster_place: 'admin S, hr S, implementer S, setup S, sign_in S',
  roster_workplace: 'admin S, hr S, implementer S, setup S, sign_in S',
  session:
    'admin su, alumni SIU, clerk su, employee SIU, hr su, implementer su, jobs suD, leaver SIU, manager su, physician su, sign_in SIU',
  setup_confirmation: 'admin SI, sign_in S',
  sign_in_attempt: 'jobs SD, sign_in SIu',
  staff_user:
    'admin sIu, alumni s, clerk s, employee s, hr s, implementer s, jobs s, leaver s, mailer s, physician s, scheduler s, setup SI, sign_in SU',
  stress_subject: 'analysis S, clerk S, employee S, implementer S, mailer S, physician S, scheduler SI',
  survey_signal: 'analysis SI, implementer S, turnover S',
  turnover_assessment: 'hr S, implementer S, turnover SI',
  workplace:
    'admin S, analysis S, clerk S, employee S, hr SIU, implementer S, leaver S, mailer S, manager S, physician S, scheduler S, setup S, sign_in S, turnover S',
}

/** Roles of work without a person, and of people. */
export const workRoles = ['setup', 'sign_in', 'mailer', 'jobs', 'scheduler', 'analysis', 'turnover', 'chain'] as const
export const peopleRoles = [
  'employee',
  'implementer',
  'clerk',
  'physician',
  'hr',
  'manager',
  'leaver',
  'alumni',
  'admin',
] as const

/** What somebody answered, what it came to, and what was said about it. */
export const answersAndWhatCameOfThem = [
  'response',
  'response_draft',
  'personal_code',
  'result',
  'interview_need',
  'notice',
  'consent',
  'interview_request',
  'interview_request_event',
  'consultation',
  'interview_note',
  'opinion',
  'stress_subject',
  'invitation',
] as const
