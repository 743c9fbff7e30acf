import { publishedVersions } from '../questionnaires/index.ts'
import type { ReportHead } from './queries.ts'
import type { AnyHandle } from './tables.ts'

/** Which instrument each report is about, as lists print it; by report id. */
export async function reportTitles(
  db: AnyHandle,
  companyId: string,
  reports: readonly Pick<ReportHead, 'id' | 'slug'>[],
  locale: string,
): Promise<Map<string, string>> {
  const versions = await publishedVersions(db, companyId)
  return new Map(
    reports.map(({ id, slug }) => {
      const title = versions.findLast((one) => one.slug === slug)?.definition.title
      return [id, title?.[locale] ?? title?.['ja'] ?? slug]
    }),
  )
}
