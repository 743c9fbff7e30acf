import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Handlebars from 'handlebars'
import { formatDate, formatNumber, formatPercent } from './formats.ts'
import type { DateInput } from './formats.ts'
import { bracketedReadings, drawReadings } from './readings.ts'
import type { TextParams, Texts } from './texts.ts'

/** What a person typed wrongly: `field` is the input's name (and id), `message` a finished sentence. */
export type FieldError = { readonly field: string; readonly message: string }

export type RenderContext = {
  readonly locale: string
  /** Languages the page is offered in; every one there is when not given. */
  readonly locales?: readonly string[] | undefined
  /** IANA name of the company's time zone; instants are shown in it. */
  readonly timeZone: string
  /** The page's own values. Roots with a meaning for layouts and partials are listed in docs/pages.md. */
  readonly data: object
  readonly cspNonce?: string | undefined
}

export type Renderer = {
  /** HTML of `templates/<page>.hbs`. Throws on an unknown page, a missing field or a missing text. */
  render(page: string, context: RenderContext): string
  /** Plain text of `templates/<page>.txt.hbs` (the text part of a mail), nothing escaped. */
  renderText(page: string, context: RenderContext): string
  /** Names of every page, layout and partial, without extension. */
  readonly pages: readonly string[]
}

export type RendererOptions = {
  readonly templatesDir: string
  readonly texts: Texts
  /** Appended to asset addresses as `?v=`; see `computeAssetVersion`. */
  readonly assetVersion: string
}

const html = '.hbs'
const text = '.txt.hbs'

/**
 * Reads every template once; each is compiled at first use and kept. Strict: `{{name}}` of a value that was not passed
 * throws, `{{#if name}}` does not. Templates hold no logic beyond if, each, with and the helpers below.
 */
export function createRenderer({ templatesDir, texts, assetVersion }: RendererOptions): Renderer {
  const files = readTemplates(templatesDir)
  const pages = createEngine(files, html, texts, assetVersion)
  const mails = createEngine(files, text, texts, assetVersion)

  const run = (engine: Engine, page: string, { locale, locales, timeZone, data, cspNonce }: RenderContext): string => {
    const template = engine.get(page)
    if (!template) throw new Error(`There is no template "${page}"`)
    const frame = {
      root: data,
      locale,
      timeZone,
      cspNonce,
      otherLocales: otherLocales(texts, locales ?? texts.locales, locale),
      errorByField: errorByField(data),
    }
    try {
      return template(data, { data: frame })
    } catch (cause) {
      throw new Error(`Page "${page}" (${locale}): ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      })
    }
  }
  return {
    render: (page, context) => drawReadings(run(pages, page, context)),
    renderText: (page, context) => bracketedReadings(run(mails, page, context)),
    pages: [...pages.keys()].sort(),
  }
}

/** A short hash over names and contents of all files in `templates/static`, so that caches never serve an old one. */
export function computeAssetVersion(staticDir: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(staticDir).sort()) hash.update(name).update(readFileSync(join(staticDir, name)))
  return hash.digest('hex').slice(0, 10)
}

type Engine = ReadonlyMap<string, HandlebarsTemplateDelegate>

function readTemplates(dir: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const entry of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const name = entry.replaceAll('\\', '/')
    if (name.endsWith(html)) files.set(name, readFileSync(join(dir, entry), 'utf8'))
  }
  return files
}

function createEngine(
  files: ReadonlyMap<string, string>,
  extension: string,
  texts: Texts,
  assetVersion: string,
): Engine {
  const handlebars = Handlebars.create()
  registerHelpers(handlebars, texts, assetVersion)
  const templates = new Map<string, HandlebarsTemplateDelegate>()
  for (const [file, source] of files) {
    if (file.endsWith(text) !== (extension === text)) continue
    const name = file.slice(0, -extension.length)
    // explicitPartialContext stays off: a partial sees its caller's values, its hash laid over them.
    // known helpers only: a name is a helper or a value when compiled, not looked for at each rendering
    const template = handlebars.compile(source, {
      strict: true,
      noEscape: extension === text,
      knownHelpers,
      knownHelpersOnly: true,
    })
    templates.set(name, template)
    handlebars.registerPartial(name, template)
  }
  return templates
}

type Frame = { locale: string; timeZone: string }
type Options = { hash: Record<string, unknown>; data: Frame }

const knownHelpers = Object.fromEntries(
  ['t', 'date', 'dateWithWeekday', 'dateTime', 'number', 'percent', 'eq', 'not', 'and', 'or', 'asset'].map((name) => [
    name,
    true,
  ]),
)

function registerHelpers(handlebars: typeof Handlebars, texts: Texts, assetVersion: string): void {
  const date =
    (kind: 'date' | 'dateWithWeekday' | 'dateTime') =>
    (value: DateInput, { data }: Options) =>
      texts.withReadings(data.locale, formatDate(kind, value, data.locale, data.timeZone))
  handlebars.registerHelper({
    t: (key: string, { hash, data }: Options) => texts.text(data.locale, key, hash as TextParams),
    date: date('date'),
    dateWithWeekday: date('dateWithWeekday'),
    dateTime: date('dateTime'),
    number: (value: number, { hash, data }: Options) =>
      formatNumber(value, data.locale, hash['digits'] as number | undefined),
    percent: (share: number, { hash, data }: Options) =>
      formatPercent(share, data.locale, hash['digits'] as number | undefined),
    eq: (a: unknown, b: unknown) => a === b,
    not: (value: unknown) => isEmpty(value),
    // The last argument of every helper is Handlebars' own options object.
    and: (...values: unknown[]) => values.slice(0, -1).every((value) => !isEmpty(value)),
    or: (...values: unknown[]) => values.slice(0, -1).find((value) => !isEmpty(value)) ?? false,
    asset: (path: string) => `/static/${path}?v=${assetVersion}`,
  })
}

/** What `{{#if}}` takes for no: false, null, undefined, 0, an empty text, an empty list. */
function isEmpty(value: unknown): boolean {
  return value === 0 || Handlebars.Utils.isEmpty(value)
}

function otherLocales(texts: Texts, locales: readonly string[], locale: string): { locale: string; name: string }[] {
  const others = locales.filter((other) => other !== locale)
  return others.map((other) => ({ locale: other, name: texts.text(other, 'web.language.name') }))
}

function errorByField(data: object): Record<string, string> {
  const errors = 'errors' in data && Array.isArray(data.errors) ? (data.errors as FieldError[]) : []
  return Object.fromEntries(errors.map((error) => [error.field, error.message]))
}
