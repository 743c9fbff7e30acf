/** A place in the definition: keys and list positions from the top. */
export type Place = readonly (string | number)[]

export type DefinitionFaultCode =
  | 'yaml'
  | 'not-utf8'
  | 'too-large'
  | 'alias'
  | 'shape'
  | 'language-missing'
  | 'language-undeclared'
  | 'duplicate-id'
  | 'reserved-id'
  | 'duplicate-option'
  | 'options-missing'
  | 'option-set-unknown'
  | 'range-reversed'
  | 'required-meaningless'
  | 'item-unknown'
  | 'item-without-number'
  | 'item-repeated'
  | 'formula-empty'
  | 'range-wrong'
  | 'point-columns'
  | 'point-hole'
  | 'section-unknown'
  | 'reverse-unknown'
  | 'scale-unknown'
  | 'scale-without-points'
  | 'method-repeated'
  | 'total-unknown'
  | 'threshold-missing'
  | 'threshold-unreachable'
  | 'source-unknown'
  | 'band-order'
  | 'band-outside'
  | 'condition-empty'
  | 'condition-order'
  | 'condition-cycle'
  | 'condition-value'
  | 'page-order'
  | 'tag-forbidden'
  | 'rotation-unknown'

/** What the words about a fault name, for those who read them in another language than the message. */
export type FaultParams = Readonly<Record<string, string | number>>

/** Something a definition says that cannot be true. The message says in English what is wrong and what to do. */
export type Finding = {
  readonly place: Place
  readonly code: DefinitionFaultCode
  readonly message: string
  readonly params?: FaultParams | undefined
}

export type Report = (place: Place, code: DefinitionFaultCode, message: string, params?: FaultParams) => void

/** Reports each name that stands twice in a list, at its second place. */
export function checkUnique(ids: readonly { id: string; place: Place }[], what: string, report: Report): void {
  const seen = new Set<string>()
  for (const { id, place } of ids) {
    if (seen.has(id)) report(place, 'duplicate-id', `the ${what} "${id}" stands twice; give each its own id`, { id })
    seen.add(id)
  }
}
