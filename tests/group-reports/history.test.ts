import { expect, test } from 'vitest'
import { employmentsOf, singleSuccessors } from '../../server/group-reports/history.ts'

const row = {
  employmentId: 'e1',
  sex: 'male' as const,
  birthOn: '1990-01-01',
  employmentKind: 'regular' as const,
  employedFromOn: '2020-04-01',
  employedUntilOn: null,
  departmentId: 'a',
  workplaceId: 'w',
  assignedFromOn: '2020-04-01',
  assignedUntilOn: '2023-03-31',
}

test('assignments of one employment become one row; the last day of an assignment still counts', () => {
  const [made, ...others] = employmentsOf(
    [row, { ...row, departmentId: 'b', assignedFromOn: '2023-04-01', assignedUntilOn: null }],
    new Map(),
  )
  expect(others).toEqual([])
  expect(made).toMatchObject({
    hiredOn: '2020-04-01',
    leaving: null,
    memberships: [
      { unit: 'a', from: '2020-04-01', until: '2023-04-01' },
      { unit: 'b', from: '2023-04-01', until: null },
    ],
  })
})

test('only a departure confirmed as the own will is an event', () => {
  const ended = { ...row, employedUntilOn: '2024-06-30' }
  expect(employmentsOf([ended], new Map())[0]!.leaving).toEqual({ on: '2024-06-30', kind: 'other' })
  expect(employmentsOf([ended], new Map([['e1', { on: '2024-06-29', voluntary: true }]]))[0]!.leaving).toEqual({
    on: '2024-06-29',
    kind: 'voluntary',
  })
  expect(employmentsOf([ended], new Map([['e1', { on: '2024-06-30', voluntary: false }]]))[0]!.leaving).toEqual({
    on: '2024-06-30',
    kind: 'other',
  })
})

test('a merged department goes on as its successor, a split one as none', () => {
  const on = { onDate: '2024-04-01' }
  const found = singleSuccessors([
    { predecessorId: 'a', successorId: 'c', ...on },
    { predecessorId: 'b', successorId: 'c', ...on },
    { predecessorId: 'd', successorId: 'e', ...on },
    { predecessorId: 'd', successorId: 'f', ...on },
  ])
  expect([...found]).toEqual([
    ['a', 'c'],
    ['b', 'c'],
  ])
})
