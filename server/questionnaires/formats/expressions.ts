import { ConditionError, type Expression, type Operator } from './conditions.ts'
import { said } from './remarks.ts'

/** SurveyJS writes `{name}`, XLSForm `${name}`; the rest of what both share is read alike. */
export type Dialect = 'surveyjs' | 'xlsform'

interface Token {
  readonly kind: 'name' | 'value' | 'word' | 'sign'
  readonly text: string
  readonly value?: string | number | boolean
}

const longest = 2_000
const deepest = 20

const signs: ReadonlyMap<string, Operator> = new Map(
  Object.entries<Operator>({
    '=': '=',
    '==': '=',
    '!=': '!=',
    '<>': '!=',
    '<': '<',
    '<=': '<=',
    '>': '>',
    '>=': '>=',
  }),
)
const comparingWords: ReadonlyMap<string, Operator> = new Map(
  Object.entries<Operator>({
    equal: '=',
    notequal: '!=',
    less: '<',
    lessorequal: '<=',
    greater: '>',
    greaterorequal: '>=',
    contains: 'has-one-of',
    contain: 'has-one-of',
    anyof: 'has-one-of',
    allof: 'has-all-of',
  }),
)
const mirrored: Readonly<Partial<Record<Operator, Operator>>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '=': '=',
  '!=': '!=',
}

/**
 * Reads the part of the expression languages of SurveyJS and XLSForm that our conditions can say: comparisons of a question
 * with a value, `and`, `or`, `not`, brackets, `empty`, `contains`, `selected(…)`. Sources: the manuals of both
 * (docs/sources.md). Example: `{a} = 'yes' or {b} > 3`.
 * @throws {ConditionError} naming the first thing that is beyond it
 */
export function readExpression(text: string, dialect: Dialect): Expression {
  if (text.length > longest) throw new ConditionError(said('why-long', { most: longest }))
  const tokens = tokensOf(text, dialect)
  let at = 0
  const peek = (): Token | undefined => tokens[at]
  const isWord = (word: string): boolean => peek()?.kind === 'word' && peek()!.text.toLowerCase() === word
  const isSign = (sign: string): boolean => peek()?.kind === 'sign' && peek()!.text === sign
  const refuse = (): never => {
    const token = peek()
    throw new ConditionError(token ? said('why-beyond', { part: token.text.slice(0, 40) }) : said('why-end'))
  }
  const take = (sign: string): void => {
    if (!isSign(sign)) refuse()
    at++
  }

  const anyOf = (depth: number): Expression => {
    if (depth > deepest) throw new ConditionError(said('why-deep', { most: deepest }))
    const parts = [allOf(depth)]
    while (isWord('or') || isSign('||')) {
      at++
      parts.push(allOf(depth))
    }
    return parts.length === 1 ? parts[0]! : { any: parts }
  }
  const allOf = (depth: number): Expression => {
    const parts = [single(depth)]
    while (isWord('and') || isSign('&&')) {
      at++
      parts.push(single(depth))
    }
    return parts.length === 1 ? parts[0]! : { all: parts }
  }
  const single = (depth: number): Expression => {
    if (isSign('!') || isWord('not')) {
      at++
      return { not: dialect === 'xlsform' ? bracketed(depth) : single(depth + 1) }
    }
    if (isSign('(')) return bracketed(depth)
    if (dialect === 'xlsform' && isWord('selected')) return selected()
    return comparison()
  }
  const bracketed = (depth: number): Expression => {
    take('(')
    const inside = anyOf(depth + 1)
    take(')')
    return inside
  }
  const selected = (): Expression => {
    at++
    take('(')
    const name = nameOf()
    take(',')
    const value = valueOf()
    take(')')
    return { name, operator: 'has-one-of', values: [value] }
  }
  const nameOf = (): string => {
    const token = peek()
    if (token?.kind !== 'name') return refuse()
    at++
    return token.text
  }
  const valueOf = (): string | number | boolean => {
    const token = peek()
    if (dialect === 'xlsform' && token?.kind === 'word' && /^(true|false)$/.test(token.text)) {
      at++
      take('(')
      take(')')
      return token.text === 'true'
    }
    if (token?.kind === 'word' && !/^(and|or|not)$/i.test(token.text) && dialect === 'surveyjs') {
      at++
      if (isSign('(')) refuse()
      return /^(true|false)$/i.test(token.text) ? token.text.toLowerCase() === 'true' : token.text
    }
    if (token?.kind !== 'value') return refuse()
    at++
    return token.value!
  }
  const valuesOf = (): (string | number | boolean)[] => {
    if (!isSign('[')) return [valueOf()]
    at++
    const values = [valueOf()]
    while (isSign(',')) {
      at++
      values.push(valueOf())
    }
    take(']')
    return values
  }
  const comparison = (): Expression => {
    if (peek()?.kind !== 'name') {
      const value = valueOf()
      const operator = signs.get(peek()?.text ?? '') ?? refuse()
      at++
      return { name: nameOf(), operator: mirrored[operator]!, values: [value] }
    }
    const name = nameOf()
    const token = peek()
    const word = token?.kind === 'word' ? token.text.toLowerCase() : ''
    if (token?.kind === 'sign' && signs.has(token.text)) {
      at++
      return { name, operator: signs.get(token.text)!, values: valuesOf() }
    }
    if (dialect === 'surveyjs') {
      if (word === 'empty' || word === 'notempty') {
        at++
        return { name, operator: word === 'empty' ? 'unanswered' : 'answered', values: [] }
      }
      if (word === 'notcontains' || word === 'notcontain') {
        at++
        return { not: { name, operator: 'has-one-of', values: valuesOf() } }
      }
      const operator = comparingWords.get(word)
      if (operator) {
        at++
        return { name, operator, values: valuesOf() }
      }
      // `{a}` alone: answered with yes
      if (!token || isWord('and') || isWord('or') || isSign(')') || isSign('&&') || isSign('||'))
        return { name, operator: '=', values: [true] }
    }
    return refuse()
  }

  const read = anyOf(0)
  if (at < tokens.length) refuse()
  return read
}

function tokensOf(text: string, dialect: Dialect): Token[] {
  const name = dialect === 'surveyjs' ? /\{([^{}]{1,200})\}/y : /\$\{\s*([^{}\s]{1,200})\s*\}/y
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at = pattern.lastIndex
    return found
  }
  while (at < text.length) {
    if (match(/\s+/y)) continue
    const named = match(name)
    if (named) {
      tokens.push({ kind: 'name', text: named[1]!.trim() })
      continue
    }
    // typographic quotes come from word processors
    const quoted = match(/'([^']*)'|"([^"]*)"|‘([^’]*)’|“([^”]*)”/y)
    if (quoted) {
      const value = quoted[1] ?? quoted[2] ?? quoted[3] ?? quoted[4] ?? ''
      tokens.push({ kind: 'value', text: quoted[0], value })
      continue
    }
    const number = match(/-?\d+(?:\.\d+)?(?![\w.])/y)
    if (number) {
      tokens.push({ kind: 'value', text: number[0], value: Number(number[0]) })
      continue
    }
    const word = match(/[\p{L}_][\p{L}\p{N}_-]*/uy)
    if (word) {
      tokens.push({ kind: 'word', text: word[0] })
      continue
    }
    const sign = match(/<>|<=|>=|==|!=|&&|\|\||[=<>!()[\],]/y)
    if (!sign) throw new ConditionError(said('why-beyond', { part: text.slice(at, at + 10) }))
    tokens.push({ kind: 'sign', text: sign[0] })
  }
  return tokens
}
