import { newId } from '../../server/ids.ts'
import { hashDefinition } from '../../server/questionnaires/index.ts'
import type { World } from '../helpers/world.ts'

/** A company's own questionnaire of choices with a line for own words, boxes with one, and a free text. */
export const ownWordsDefinition = `format: 1
slug: our-place
version: 1
kind: own
title: { ja: "職場のこと", en: "Our place" }
languages:
  ja: { validated: false, sources: [ours] }
  en: { validated: false, sources: [ours] }
sections:
  - id: place
    title: { ja: "職場", en: "Place" }
    items:
      - id: where
        type: single
        text: { ja: "主に働く場所はどこですか。", en: "Where do you mostly work?" }
        options:
          - { value: office, text: { ja: "事業所", en: "Office" } }
          - { value: other, text: { ja: "その他", en: "Elsewhere" }, free_text: { id: whereElse, max_length: 20 } }
      - id: tools
        type: multiple
        required: false
        text: { ja: "足りないものはありますか。", en: "What is lacking?" }
        options:
          - { value: desk, text: { ja: "机", en: "Desk" } }
          - { value: more, text: { ja: "ほかのもの", en: "Something else" }, free_text: { id: toolsMore, max_length: 300 } }
      - id: voice
        type: text
        required: false
        max_length: 500
        text: { ja: "ご意見があればお書きください。", en: "Anything you would like to say?" }
sources:
  ours: { title: "written for the tests" }
licence: { name: MIT, attribution: { ja: "試験用", en: "For tests" } }
`

/** Puts a definition there as a company's own published version. */
export async function publishOwn(world: World, companyId: string, definition: string): Promise<void> {
  const at = world.clock.now()
  const slug = /^slug: (.+)$/m.exec(definition)![1]
  await world.superuser.query(
    `INSERT INTO questionnaire_version (company_id, id, slug, version, hash, source, body, published_at)
     VALUES ($1, $2, $3, 1, $4, 'own', $5, $6)`,
    [companyId, newId(at), slug, hashDefinition(definition), definition, at],
  )
}
