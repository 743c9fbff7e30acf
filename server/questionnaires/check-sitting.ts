import type { AskedItem } from '../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'
import type { Report } from './findings.ts'

/** Pages hold the items of their section, all of them, in the order in which they stand there. */
export function checkPages(definition: Questionnaire, report: Report): void {
  for (const [at, { items, pages }] of definition.sections.entries()) {
    if (!pages) continue
    const paged = pages.flat()
    const wanted = items.map((item) => item.id)
    if (paged.join(' ') === wanted.join(' ')) continue
    const what = `the pages hold ${paged.join(', ')}; they must hold every item of the section once, in order`
    report(['sections', at, 'pages'], 'page-order', what)
  }
}

/** Every wave asks items that exist, and every item is asked in some wave. */
export function checkRotation(definition: Questionnaire, items: ReadonlyMap<string, AskedItem>, report: Report): void {
  const { rotation } = definition
  if (!rotation) return
  for (const [wave, ids] of rotation.entries()) {
    for (const [index, id] of ids.entries()) {
      const what = `there is no item "${id}"; name one of this questionnaire`
      if (!items.has(id)) report(['rotation', wave, index], 'rotation-unknown', what, { ids: id })
    }
    if (new Set(ids).size < ids.length) {
      report(['rotation', wave], 'item-repeated', 'an item stands twice in this wave; remove one', {
        id: ids.join(', '),
      })
    }
  }
  const asked = new Set(rotation.flat())
  const never = [...items.keys()].filter((id) => !asked.has(id))
  if (never.length > 0)
    report(['rotation'], 'rotation-unknown', `never asked: ${never.join(', ')}; put them in a wave`, {
      ids: never.join(', '),
    })
}

/** Kinds of questions that have no place in a stress check under the law (law N-7). */
export const forbiddenInStatutory: ReadonlySet<string> = new Set([
  'suicidality',
  'depression_screening',
  'personality',
  'aptitude',
  'consent',
])

/** A questionnaire of the statutory check holds none of the forbidden kinds. */
export function checkTags(definition: Questionnaire, report: Report): void {
  if (definition.kind !== 'statutory') return
  for (const [at, section] of definition.sections.entries()) {
    for (const [index, item] of section.items.entries()) {
      for (const [position, tag] of (item.tags ?? []).entries()) {
        if (!forbiddenInStatutory.has(tag)) continue
        const what = `a stress check may not ask for ${tag}; take "${item.id}" out`
        report(['sections', at, 'items', index, 'tags', position], 'tag-forbidden', what, { tag })
      }
    }
  }
}
