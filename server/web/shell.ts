import Handlebars from 'handlebars'
import { drawReadings } from './readings.ts'
import type { RenderContext, Renderer } from './render.ts'

/** What is put into a hole: words are escaped, finished HTML goes in as it is. */
export type Filling = string | number | readonly Buffer[]

/** A page drawn once with holes in it; filled and encoded for each person. */
export interface Shell {
  /** @throws when a hole has nothing to go into it */
  complete: (fillings: Readonly<Record<string, Filling>>) => Buffer
}

// two characters of the private use area, which no text of ours holds
const opening = '\uE000'
const closing = '\uE001'
const hole = new RegExp(`${opening}(\\w+)${closing}`)

/**
 * Draws a page whose words are the same for everybody but at a few places, once. `holes` are roots of the page's data;
 * a template must print them and nothing else (`{{csrf}}`, `{{{questions}}}`): one that asks what is in them sees the mark.
 */
export function drawShell(renderer: Renderer, page: string, context: RenderContext, holes: readonly string[]): Shell {
  const marks = Object.fromEntries(holes.map((name) => [name, `${opening}${name}${closing}`]))
  const html = renderer.render(page, { ...context, data: { ...context.data, ...marks } })
  // alternately what stands and the name of the hole that follows
  const parts = html.split(hole).map((part, index) => (index % 2 ? part : Buffer.from(part)))
  return {
    complete(fillings) {
      const filled: Buffer[] = []
      for (const part of parts) {
        if (typeof part !== 'string') {
          filled.push(part)
          continue
        }
        const filling = fillings[part]
        if (filling === undefined) throw new Error(`Page "${page}": nothing for the hole "${part}"`)
        if (typeof filling === 'object') filled.push(...filling)
        else filled.push(Buffer.from(drawReadings(Handlebars.escapeExpression(String(filling)))))
      }
      return Buffer.concat(filled)
    },
  }
}
