import { formatDate, formatNumber } from '../web/formats.ts'
import type { Texts } from '../web/texts.ts'
import type { DepartmentNode, Workplace } from './departments.ts'
import type { PersonRow } from './overview-queries.ts'

export interface CountedDepartment extends DepartmentNode {
  /** people assigned to it directly */
  own: number
  /** with everybody below */
  all: number
}

type Heads = readonly { departmentId: string; workplaceId: string; people: number; takers: number }[]

/** Sums people up the tree. The tree comes parents first. */
export function countTree(tree: readonly DepartmentNode[], heads: Heads): CountedDepartment[] {
  const own = new Map<string, number>()
  for (const one of heads) own.set(one.departmentId, (own.get(one.departmentId) ?? 0) + one.people)
  const counted = new Map(
    tree.map((node) => [node.id, { ...node, own: own.get(node.id) ?? 0, all: own.get(node.id) ?? 0 }]),
  )
  for (const node of [...counted.values()].reverse())
    if (node.parentId !== null) counted.get(node.parentId)!.all += node.all
  return [...counted.values()]
}

/** Rows of the tree; the indentation is text, so that it also survives copying into a spreadsheet. */
export function treeRows(locale: string, tree: readonly CountedDepartment[]) {
  return tree.map((one) => ({
    indent: one.depth === 0 ? '' : `${'　'.repeat(one.depth)}└ `,
    name: one.name,
    href: one.own > 0 ? `/hr/roster/people?department=${one.id}` : undefined,
    code: one.code,
    own: formatNumber(one.own, locale),
    all: formatNumber(one.all, locale),
  }))
}

/** Rows of workplaces with the two numbers of law S-2: who counts for 50, and who takes the check. */
export function workplaceRows(texts: Texts, locale: string, workplaces: readonly Workplace[], heads: Heads) {
  const text = (key: string, params = {}) => texts.text(locale, key, params)
  return {
    workplaceColumns: [
      { label: text('roster.roster.workplace') },
      { label: text('roster.roster.headcount'), numeric: true },
      { label: text('roster.roster.takers'), numeric: true },
      { label: text('roster.roster.size') },
      { label: text('roster.roster.change') },
    ],
    workplaceRows: workplaces.map((one) => {
      const takers = heads.filter((head) => head.workplaceId === one.id).reduce((sum, head) => sum + head.takers, 0)
      const known = one.headcountFor50 !== null
      const large = known && one.headcountFor50! >= 50
      return {
        cells: [
          { text: one.name, heading: true, note: one.code },
          { text: known ? formatNumber(one.headcountFor50!, locale) : '–', numeric: true },
          { text: formatNumber(takers, locale), numeric: true },
          {
            text: text(known ? (large ? 'roster.roster.large' : 'roster.roster.small') : 'roster.roster.unknown'),
            tag: large ? 'strong' : 'quiet',
          },
          { text: text('roster.roster.changeNumber'), href: `/hr/roster/workplaces/${one.id}` },
        ],
      }
    }),
  }
}

export function peopleRows(texts: Texts, locale: string, timeZone: string, people: readonly PersonRow[]) {
  const text = (key: string) => texts.text(locale, key)
  const day = (on: string) => formatDate('date', on, locale, timeZone)
  return {
    peopleColumns: ['employee_code', 'name', 'department', 'workplace', 'employment_kind', 'period', 'email'].map(
      (one) => ({
        label: text(`roster.people.${one}`),
      }),
    ),
    peopleRows: people.map((one) => ({
      cells: [
        { text: one.employeeCode },
        { text: one.name, heading: true },
        { text: one.departmentName },
        { text: one.workplaceName },
        { text: text(`roster.word.${one.employmentKind}`) },
        { text: `${day(one.employedFromOn)} – ${one.employedUntilOn === null ? '' : day(one.employedUntilOn)}` },
        { text: one.email ?? '' },
      ],
    })),
  }
}
