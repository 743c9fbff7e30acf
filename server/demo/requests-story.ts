import { openResult } from './employees.ts'
import type { CampaignTold } from './campaign-story.ts'
import { chance } from './chance.ts'
import type { Stage } from './stage.ts'

/**
 * After release: most open their result with the personal code, some of those who need it ask for the interview, and one person talks to the
 * physician in private. Returns how many asked.
 */
export async function tellRequests(
  stage: Stage,
  told: CampaignTold,
  seed: number,
): Promise<{ opened: number; requests: number }> {
  let opened = 0
  let requests = 0
  const ordinary = told.respondents
    .filter((one) => !told.needed.has(one.member.employeeCode))
    .sort(byCode)
    .slice(0, 12)
  const needed = told.respondents.filter((one) => told.needed.has(one.member.employeeCode)).sort(byCode)
  for (const [index, one] of [...needed, ...ordinary].entries()) {
    const link = stage.mailbox.linkTo(one.member.email ?? '', '/a/')
    if (!link) continue
    const visitor = await openResult(stage, link, one.code)
    opened++
    if (index < needed.length && chance(seed, 'request', one.member.employeeCode).uniform() < 0.3) {
      await visitor.get('/result/request')
      await visitor.submit('/result/request', { acknowledged: 'yes' })
      requests++
    } else if (index === needed.length) {
      await visitor.get('/result/consultation')
      const physician =
        /name="physician"[^>]*value="([0-9a-f-]{36})"|value="([0-9a-f-]{36})"[^>]*name="physician"/.exec(
          visitor.page.html,
        )
      await visitor.submit('/result/consultation', {
        physician: physician?.[1] ?? physician?.[2] ?? '',
        message: '最近よく眠れません。会社に知らせずに、一度お話しできますか。',
        how_to_reach: '平日の夕方に、私用の電話へお願いします。',
      })
    }
  }
  return { opened, requests }
}

const byCode = (a: { member: { employeeCode: string } }, b: { member: { employeeCode: string } }) =>
  a.member.employeeCode < b.member.employeeCode ? -1 : 1
