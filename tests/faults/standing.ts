import type { Client } from 'pg'

/** All of a submission, as {@link standing} words it. */
export const whole = 'submitted responses 2 results 1 drafts 0 bound 1 audited 1'
/** Nothing of it. */
export const absent = 'started responses 0 results 0 drafts 1 bound 0 audited 0'

/** What lies in the tables for each invitation, as one line: a half-written submission is neither {@link whole} nor {@link absent}. */
export async function standing(superuser: Client, invitationIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await superuser.query<{ id: string; line: string }>(
    `SELECT i.id, concat_ws(' ', i.state,
       'responses', (SELECT count(*) FROM response r WHERE r.company_id = i.company_id AND r.invitation_id = i.id),
       'results', (SELECT count(*) FROM result r WHERE r.company_id = i.company_id AND r.id = i.id),
       'drafts', (SELECT count(*) FROM response_draft d WHERE d.company_id = i.company_id AND d.id = i.id),
       'bound', (SELECT count(c.bound_at) FROM personal_code c WHERE c.company_id = i.company_id AND c.id = i.id),
       'audited', (SELECT count(*) FROM audit_entry a WHERE a.company_id = i.company_id AND a.object_id = i.id AND a.action = 'response.submitted')) AS line
     FROM invitation i WHERE i.id = ANY($1)`,
    [invitationIds],
  )
  return new Map(rows.map((row) => [row.id, row.line]))
}
