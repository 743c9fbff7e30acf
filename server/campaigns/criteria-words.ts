import type { CriteriaRule } from '../../analysis/scoring/index.ts'
import type { Condition } from '../../survey-definitions/schema.ts'
import { wholeLocaleOf } from '../locales.ts'
import type { Texts } from '../web/texts.ts'

type Say = (key: string, params?: Record<string, string | number>) => string

/** A condition on totals in words: 「Bが77点以上」, parts joined by 「かつ」 or 「または」. `nameOf`: what a total is called. */
function conditionWords(condition: Condition, text: Say, nameOf: (total: string) => string = (id) => id): string {
  if ('all' in condition) return condition.all.map((one) => conditionWords(one, text, nameOf)).join(text('and'))
  if ('any' in condition) return condition.any.map((one) => conditionWords(one, text, nameOf)).join(text('or'))
  const names = condition.sum.map(nameOf)
  const sum = names.length > 1 ? text('sum', { parts: names.join('+') }) : names[0]!
  const parts = []
  if (condition.at_least !== undefined) parts.push(text('atLeast', { sum, points: condition.at_least }))
  if (condition.at_most !== undefined) parts.push(text('atMost', { sum, points: condition.at_most }))
  return parts.join(text('and'))
}

/** Each rule of criteria in words, its name before it: 「ア Bが77点以上」, "(1) B at least 77". */
export function ruleWords(
  rules: readonly CriteriaRule[],
  texts: Texts,
  locale: string,
  nameOf?: (total: string) => string,
): string[] {
  const text: Say = (key, params) => texts.text(locale, `campaigns.condition.${key}`, params)
  // ア and イ, as the manual calls its rules, are no names for somebody who reads no Japanese
  const nameOfRule = (id: string, index: number) =>
    wholeLocaleOf(locale) === 'en' && /[^ -~]/.test(id) ? `(${index + 1})` : id
  return rules.map((rule, index) => `${nameOfRule(rule.id, index)} ${conditionWords(rule.when, text, nameOf)}`)
}

/** 「本社: 合計点数を使う方法: ア Bが77点以上 / …」 for each set of criteria; the same ones everywhere are said once, without the workplaces. */
export function criteriaLines(
  criteria: readonly { workplaceId: string; method: string; rules: readonly CriteriaRule[] }[],
  names: ReadonlyMap<string, string>,
  texts: Texts,
  locale: string,
): string[] {
  const words = ({ method, rules }: (typeof criteria)[number]) =>
    `${texts.text(locale, `campaigns.method.${method}`)}: ${ruleWords(rules, texts, locale).join(locale === 'en' ? '; ' : ' / ')}`
  const groups = Map.groupBy(criteria, words)
  return [...groups].map(([said, of]) =>
    groups.size === 1
      ? said
      : texts.text(locale, 'campaigns.criteria.atWorkplaces', {
          workplaces: of.map(({ workplaceId }) => names.get(workplaceId) ?? '').join(locale === 'en' ? ', ' : '、'),
          criteria: said,
        }),
  )
}
