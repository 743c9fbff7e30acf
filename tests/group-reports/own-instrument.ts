import { hashDefinition } from '../../server/questionnaires/index.ts'
import { newId } from '../../server/ids.ts'
import type { World } from '../helpers/world.ts'
import type { BesideInstrument } from './company.ts'

/** A company's own instrument with every kind of item, a scale with bands, and items that watch over a scale of the 57 items. */
export const ownText = `format: 1
slug: our-questions
version: 1
kind: own
title: { ja: 私たちの質問, en: Our questions }
languages:
  ja: { validated: false, sources: [own] }
  en: { validated: false, sources: [own] }
sections:
  - id: all
    title: { ja: 働き方, en: Work }
    items:
      - id: rested
        type: single
        text: { ja: よく休めましたか。, en: Are you rested? }
        options:
          - { value: 5, text: { ja: とても, en: Very } }
          - { value: 4, text: { ja: だいたい, en: Mostly } }
          - { value: 3, text: { ja: どちらとも, en: Neither } }
          - { value: 2, text: { ja: あまり, en: Hardly } }
          - { value: 1, text: { ja: まったく, en: Not at all } }
      - id: tidy
        type: single
        text: { ja: 職場は片づいていますか。, en: Is your place tidy? }
        options:
          - { value: 5, text: { ja: とても, en: Very } }
          - { value: 4, text: { ja: だいたい, en: Mostly } }
          - { value: 3, text: { ja: どちらとも, en: Neither } }
          - { value: 2, text: { ja: あまり, en: Hardly } }
          - { value: 1, text: { ja: まったく, en: Not at all } }
      - id: wish
        type: single
        text: { ja: まず何を変えたいですか。, en: What should change first? }
        options:
          - { value: meetings, text: { ja: 会議, en: Meetings } }
          - { value: tools, text: { ja: 道具, en: Tools } }
          - { value: rooms, text: { ja: 部屋, en: Rooms } }
          - { value: nothing, text: { ja: とくにない, en: Nothing } }
      - id: used
        type: multiple
        text: { ja: 使っている制度はどれですか。, en: Which do you use? }
        options:
          - { value: flex, text: { ja: フレックス, en: Flexitime } }
          - { value: remote, text: { ja: 在宅勤務, en: Remote work } }
          - { value: short, text: { ja: 短時間勤務, en: Shorter hours } }
      - id: hours
        type: number
        text: { ja: 通勤は何分ですか。, en: How many minutes is your way to work? }
        min: 0
        max: 180
        unit: { ja: 分, en: " min" }
      - id: words
        type: text
        text: { ja: ご自由にお書きください。, en: Anything else? }
        required: false
        max_length: 500
      - id: since
        type: date
        text: { ja: いつからですか。, en: Since when? }
        required: false
scales:
  - id: ease
    title: { ja: 過ごしやすさ, en: Ease }
    formula: { method: mean, items: [rested, tidy] }
    range: [1, 5]
    polarity: positive
    bands:
      - { id: low, title: { ja: 低め, en: low }, from: 1, to: 2.5 }
      - { id: middle, title: { ja: 中くらい, en: middle }, from: 3, to: 3.5 }
      - { id: high, title: { ja: 高め, en: high }, from: 4, to: 5 }
    sources: [own]
related_scales:
  - { items: [rested], of: stress-check-57@1, their_scale: fatigue }
sources:
  own: { title: Written for a test }
licence:
  name: MIT
  attribution: { ja: 自社の質問です。, en: Our own questions. }
`

/** Puts the instrument into the database as if it had been reviewed and published. */
export async function publishOwn(world: World, companyId: string, text = ownText, version = 1): Promise<void> {
  await world.superuser.query(
    `INSERT INTO questionnaire_version (company_id, id, slug, version, hash, source, body, published_at)
     VALUES ($1, $2, 'our-questions', $3, $4, 'own', $5, $6)`,
    [companyId, newId(world.clock.now()), version, hashDefinition(text), text, world.clock.now()],
  )
}

/** The wording of the free text that must never be found anywhere. */
export const secretWords = '隣の席の人が気になります'

export const ownAnswers: BesideInstrument = {
  slug: 'our-questions',
  answers: ({ index, seat }) => ({
    rested: 1 + ((index * 7 + seat) % 5),
    tidy: 1 + ((index * 3 + seat) % 5),
    wish: (['meetings', 'tools', 'rooms', 'nothing'] as const)[((index * 5) % 9) % 4]!,
    used: index % 4 === 0 ? ['flex', 'remote'] : index % 4 === 1 ? ['remote'] : ['flex'],
    hours: (index * 13) % 120,
    words: secretWords,
    since: '2020-04-01',
  }),
}

export const recommendationAnswers: BesideInstrument = {
  slug: 'recommendation',
  answers: ({ index, seat, year }) => ({ recommend: (index * 3 + seat + year) % 11, reason: secretWords }),
}

export const lostDaysAnswers: BesideInstrument = {
  slug: 'presenteeism-qq',
  answers: ({ index, seat }) =>
    (index + seat) % 3 === 0
      ? { days: 0 }
      : { days: 1 + (index % 12), quantity: 5 + (index % 6), quality: 4 + (seat % 7) },
}
