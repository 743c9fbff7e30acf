/** A company's own questionnaire as a file: two questions that are counted, one with own words, one that is asked only of some. */
export const ownFile = `format: 1
slug: shokuba
version: 1
kind: own
title: { ja: 職場の質問, en: Our workplace }
languages:
  ja: { validated: false, sources: [own] }
  en: { validated: false, sources: [own] }
sections:
  - id: work
    title: { ja: 働きやすさ, en: Working here }
    items:
      - id: q1
        type: single
        text: { ja: 働きやすいですか。, en: Is it easy to work here? }
        options:
          - { value: 1, text: { ja: いいえ, en: "No" } }
          - { value: 2, text: { ja: はい, en: "Yes" } }
      - { id: q2, type: rating, min: 0, max: 10, text: { ja: 満足度, en: Satisfaction }, low: { ja: 低い, en: Low }, high: { ja: 高い, en: High } }
      - { id: idea, type: text, required: false, max_length: 200, text: { ja: ご意見, en: Ideas }, visible_if: { item: q1, one_of: [1] } }
scales:
  - id: ease
    title: { ja: 働きやすさ, en: Ease }
    formula: { method: sum, plus: [q1, q2] }
    range: [1, 12]
    polarity: positive
    sources: [own]
sources:
  own: { title: Wording of the company }
licence: { name: 試験株式会社, attribution: { ja: 試験株式会社, en: 試験株式会社 } }
`
