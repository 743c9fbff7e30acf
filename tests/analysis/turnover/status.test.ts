import { describe, expect, test } from 'vitest'
import { decideStatuses } from '../../../analysis/turnover/index.ts'
import type { StatusCandidate } from '../../../analysis/turnover/index.ts'

const now = { month: '2026-04', round: 'spring' }
const unit = (id: string, change: Partial<StatusCandidate> = {}): StatusCandidate => ({
  id,
  level: 2,
  risk: { estimate: 1, probabilityAbove1: 0.5 },
  history: 3,
  surveyUsed: true,
  stress: null,
  trendAlarm: false,
  ...change,
})
const one = (change: Partial<StatusCandidate>) => decideStatuses([unit('a', change)], now)[0]!

describe('statuses', () => {
  test('high needs probability, size and history together', () => {
    const risk = { estimate: 1.7, probabilityAbove1: 0.97 }
    expect(one({ risk })).toMatchObject({ status: 'high', reasons: ['riskHigh'], inRiskSet: true })
    expect(one({ risk, history: 0.99 })).toMatchObject({ status: 'watch', reasons: ['riskRaised'] })
    expect(one({ risk: { ...risk, estimate: 1.24 } })).toMatchObject({ status: 'watch' })
    expect(one({ risk: { ...risk, probabilityAbove1: 0.94 } })).toMatchObject({ status: 'watch', inRiskSet: false })
  })

  test('without history no department is high, whatever the survey says', () => {
    const risk = { estimate: 5, probabilityAbove1: 0.9999 }
    expect(one({ risk, history: 0 }).status).toBe('watch')
  })

  test('the set is judged as a whole: sure neighbours carry a less sure one', () => {
    const risky = (probabilityAbove1: number) => ({ risk: { estimate: 1.5, probabilityAbove1 } })
    const among = decideStatuses([unit('a', risky(0.99)), unit('b', risky(0.98)), unit('c', risky(0.91))], now)
    expect(among.map(({ status }) => status)).toEqual(['high', 'high', 'high'])
    expect(one(risky(0.91)).status).toBe('watch')
    // On another level they do not count.
    const apart = decideStatuses(
      [unit('a', { ...risky(0.99), level: 1 }), unit('b', { ...risky(0.98), level: 1 }), unit('c', risky(0.91))],
      now,
    )
    expect(apart[2]?.status).toBe('watch')
  })

  test('watch: raised risk, stress signal, trend alarm', () => {
    expect(one({ risk: { estimate: 1.2, probabilityAbove1: 0.82 } })).toMatchObject({
      status: 'watch',
      reasons: ['riskRaised'],
    })
    expect(one({ stress: { ratio: 1.3, probabilityAbove1: 0.96 } })).toMatchObject({
      status: 'watch',
      reasons: ['stressSignal'],
      inStressSet: true,
    })
    expect(one({ stress: { ratio: 1.2, probabilityAbove1: 0.96 } }).status).toBe('ordinary')
    expect(one({ stress: { ratio: 1.3, probabilityAbove1: 0.94 } }).status).toBe('ordinary')
    expect(one({ trendAlarm: true })).toMatchObject({ status: 'watch', reasons: ['trendAlarm'] })
    expect(one({})).toMatchObject({ status: 'ordinary', reasons: ['nothingStandsOut'] })
  })

  test('neither survey nor history: no judgement, and no part in the sets', () => {
    const blind = unit('blind', { surveyUsed: false, history: 0.5, risk: { estimate: 2, probabilityAbove1: 0.99 } })
    expect(decideStatuses([blind], now)[0]).toMatchObject({
      status: 'insufficient',
      reasons: ['neitherSurveyNorHistory'],
    })
    const other = unit('c', { risk: { estimate: 1.5, probabilityAbove1: 0.91 } })
    expect(decideStatuses([blind, other], now)[1]?.inRiskSet).toBe(false)
    expect(one({ surveyUsed: false, history: 1 }).status).toBe('ordinary')
  })

  test('a flag is kept until the probability falls below .80, in its round, for thirteen months', () => {
    const risk = { estimate: 1.3, probabilityAbove1: 0.85 }
    const previous = { status: 'high' as const, round: 'spring', flaggedIn: '2026-01' }
    expect(one({ risk, previous })).toMatchObject({ status: 'high', reasons: ['keptHigh'] })
    expect(one({ risk: { ...risk, probabilityAbove1: 0.79 }, previous }).status).toBe('ordinary')
    expect(one({ risk, previous: { ...previous, round: 'autumn' } }).status).toBe('watch')
    expect(one({ risk, previous: { ...previous, flaggedIn: '2025-03' } }).status).toBe('watch')
    expect(one({ risk, previous: { ...previous, flaggedIn: '2025-04' } }).status).toBe('high')
    expect(one({ risk, previous: { ...previous, status: 'watch' } }).status).toBe('watch')
    expect(one({ risk, previous, history: 0.2 }).status).toBe('watch')
  })

  test('nobody', () => {
    expect(decideStatuses([], now)).toEqual([])
  })
})
