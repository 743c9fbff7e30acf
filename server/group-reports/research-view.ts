import type { Text } from '../../survey-definitions/schema.ts'
import type { Research } from './research-file.ts'
import { leftOut, variablesOf } from './research-variables.ts'
import type { Words } from './words.ts'

const files = ['answers.csv', 'codebook.csv', 'import.R', 'import.sps'] as const

/** What is in the files before they are taken: lines, what is told beside the answers, columns; no answer. */
export function researchView(
  campaignId: string,
  research: Research | undefined,
  words: Words,
): Record<string, unknown> {
  const list = `/implementer/campaigns/${campaignId}`
  if (!research) return { list, campaignName: '', tooFew: true }
  const { campaign, versions, told } = research
  const lines = [...told.values()]
  const read = (text: Text) => text[words.locale] ?? text['ja'] ?? ''
  const telling = (test: (line: { sex: string; ageBand: string }) => boolean) => words.number(lines.filter(test).length)
  return {
    list,
    campaignName: campaign.name,
    tooFew: false,
    floor: campaign.floor,
    people: [
      { key: words.t('research.lines'), value: words.number(lines.length) },
      { key: words.t('research.groups'), value: words.number(new Set(lines.map(({ group }) => group)).size) },
      { key: words.t('research.bothTold'), value: telling(({ sex, ageBand }) => sex !== '' && ageBand !== '') },
      { key: words.t('research.sexTold'), value: telling(({ sex, ageBand }) => sex !== '' && ageBand === '') },
      { key: words.t('research.ageTold'), value: telling(({ sex, ageBand }) => sex === '' && ageBand !== '') },
      { key: words.t('research.noneTold'), value: telling(({ sex, ageBand }) => sex === '' && ageBand === '') },
    ],
    questionnaires: versions.map((version) => {
      const out = leftOut(version).map(({ item }) => read(item.text))
      return {
        heading: read(version.definition.title),
        reference: `${version.slug}@${version.version}`,
        caption: words.t('research.columnsOf', { name: read(version.definition.title) }),
        downloads: files.map((file) => ({
          href: `${list}/answers/${version.slug}/${file}`,
          file,
          explained: words.t(`research.file.${file.replace('.', '_')}`),
        })),
        leftOut: out.length > 0 ? words.t('research.leftOut', { questions: words.list(out) }) : '',
        columns: [
          { label: words.t('research.variable') },
          { label: words.t('research.question') },
          { label: words.t('research.values') },
        ],
        rows: variablesOf(version).map(({ name, label, values }) => ({
          cells: [
            { heading: true, text: name },
            { text: read(label) },
            { text: values.map((one) => `${one.value} ${read(one.label)}`).join(' / ') },
          ],
        })),
      }
    }),
  }
}
