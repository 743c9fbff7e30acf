import { existsSync, mkdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { AxeBuilder } from '@axe-core/playwright'
import type { ParsedMail } from 'mailparser'
import {
  chromium,
  type Browser as Chromium,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from 'playwright-core'
import { describe, expect } from 'vitest'
import { jobHandlers, mailTemplates, ticks } from '../../server/capabilities.ts'
import { startWorker } from '../../server/jobs/index.ts'
import { createMailTransport } from '../../server/mail/index.ts'
import type { Texts } from '../../server/web/texts.ts'
import { startSmtp, type SmtpPeer } from './smtp.ts'
import { createWorld, type World } from './world.ts'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const isThere = existsSync(executablePath)

/** Widths every page is looked at: a phone and a desk. */
export const phone = 360
export const desk = 1280

/** `describe` for what needs a browser: without one it is skipped and says so; with REQUIRE_BROWSER=1 it fails instead. */
export function describeInChromium(name: string, tests: () => void): void {
  if (isThere || process.env['REQUIRE_BROWSER'] === '1') describe(name, tests)
  else describe.skip(`${name}: no browser at ${executablePath} (CHROMIUM names another one)`, tests)
}

export function launchChromium(): Promise<Chromium> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A listening server, a mail server, a worker that runs when told, and a browser: what a journey walks on. */
export interface Site {
  world: World
  baseUrl: string
  peer: SmtpPeer
  chromium: Chromium
  /** Ticks, jobs and mails that are due by the test's clock. */
  settle: () => Promise<void>
  mailsTo: (address: string) => Promise<ParsedMail[]>
  /** The link of the newest mail to this address that has one containing `part`. */
  linkTo: (address: string, part: string) => Promise<string>
  /** A person's browser of their own. */
  open: (options?: BrowserContextOptions & { width?: number }) => Promise<Visit>
  close: () => Promise<void>
}

/** One person in front of one browser. */
export interface Visit {
  page: Page
  /** Opens an address of the site or a whole link. */
  go: (address: string) => Promise<void>
  /** Presses the button, or follows the link, whose words are this text's (a key of the locales); waits for the page after it. */
  press: (key: string) => Promise<void>
  /** Clicks what a selector within <main> finds, and waits for the page that follows. */
  click: (what: string | Locator) => Promise<void>
  /** The text of a key in this person's language. */
  say: (key: string, values?: Record<string, string | number>) => string
  /** Types into the field of this label, or of this name. */
  fill: (field: string, text: string) => Promise<void>
  /** Ticks or chooses an option by name and value. */
  choose: (name: string, value?: string) => Promise<void>
  heading: () => Promise<string>
  text: () => Promise<string>
  /** The page has no fault a machine can see: no sideways scroll at either width, nothing axe objects to, no error in the console. */
  look: (name: string) => Promise<void>
  close: () => Promise<void>
}

const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

// the words of a caption lie within what is seen of its table
const captionsOutOfView = `[...document.querySelectorAll('.table-scroll caption')].filter((one) => {
  const range = document.createRange()
  range.selectNodeContents(one)
  const seen = one.closest('.table-scroll').getBoundingClientRect()
  return range.getBoundingClientRect().right > seen.right + 1 && one.getBoundingClientRect().width > 1
}).map((one) => one.textContent)`

// SHOTS=folder keeps a picture of every page looked at, at both widths
const shots = process.env['SHOTS']

export async function openSite(at: string): Promise<Site> {
  const port = await freePort()
  const baseUrl = `http://localhost:${port}`
  const world = await createWorld({ BASE_URL: baseUrl })
  world.clock.set(at)
  const app = await world.app()
  await app.listen({ port, host: '127.0.0.1' })
  const peer = await startSmtp()
  const transport = createMailTransport({ smtpUrl: peer.url, from: 'hanamichi@shiken.example.jp' })
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const worker = await startWorker({
    services: world.services,
    runtimeUrl: world.runtimeUrl,
    transport,
    templates: mailTemplates,
    handlers: jobHandlers,
    ticks,
    log: silent,
    lanes: 2,
    loops: false,
  })
  const browser = await launchChromium()
  const mailsTo = async (address: string) => {
    const all = await peer.parsed()
    return all.filter((_mail, index) => peer.received[index]!.to === address)
  }
  return {
    world,
    baseUrl,
    peer,
    chromium: browser,
    async settle() {
      await worker.settle()
    },
    mailsTo,
    async linkTo(address, part) {
      for (const mail of (await mailsTo(address)).reverse()) {
        const link = [...(mail.text ?? '').matchAll(/https?:\/\/\S+/g)]
          .map(([found]) => found)
          .find((one) => one.includes(part))
        if (link) return link
      }
      throw new Error(`no link with ${part} in the mails to ${address}`)
    },
    open: (options) => openVisit(browser, baseUrl, world.services.texts, options),
    async close() {
      await browser.close()
      await worker.stop()
      transport.close()
      await peer.close()
      app.server.closeAllConnections()
      await world.close()
    },
  }
}

async function openVisit(
  browser: Chromium,
  baseUrl: string,
  texts: Texts,
  options: BrowserContextOptions & { width?: number } = {},
): Promise<Visit> {
  const { width = phone, ...more } = options
  const locale = more.locale ?? 'ja'
  const context = await browser.newContext({ viewport: { width, height: 800 }, locale, baseURL: baseUrl, ...more })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // the browser reports each answer of 4xx: a page that says what is wrong is none of the page's faults
    if (message.type() === 'error' && !message.text().includes('the server responded with a status of'))
      faults.push(message.text())
  })
  // a text with gaps ({name}) is found by what stands around them
  const gap = '\u0000'
  const gaps = new Proxy(
    {},
    { get: () => gap, getOwnPropertyDescriptor: () => ({ value: gap, configurable: true, enumerable: true }) },
  )
  const patternOf = (key: string) => {
    const words = texts.text(locale, key, gaps).split(gap)
    return new RegExp(`^${words.map((one) => one.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('.*')}$`)
  }
  const click = async (what: Locator) => {
    await Promise.all([page.waitForNavigation(), what.first().click()])
  }
  return {
    page,
    async go(address) {
      await page.goto(address)
    },
    say: (key, values) => texts.text(locale, key, values),
    async press(key) {
      const name = patternOf(key)
      const main = page.locator('main')
      await click(main.getByRole('button', { name }).or(main.getByRole('link', { name })))
    },
    click: (what) => click(typeof what === 'string' ? page.locator('main').locator(what) : what),
    async fill(field, text) {
      await page
        .locator(`[name="${field}"]`)
        .or(page.getByLabel(field, { exact: true }))
        .first()
        .fill(text)
    },
    async choose(name, value) {
      const input = page.locator(`input[name="${name}"]${value === undefined ? '' : `[value="${value}"]`}`)
      if ((await input.count()) > 0) await input.first().check()
      else await page.locator(`select[name="${name}"]`).selectOption(value ?? '')
    },
    heading: async () => ((await page.locator('h1').first().textContent()) ?? '').trim(),
    text: async () => ((await page.locator('main').innerText()) ?? '').replaceAll(/\s+/g, ' ').trim(),
    async look(name) {
      const height = 800
      const { violations } = await new AxeBuilder({ page })
        .options({ resultTypes: ['violations'] })
        .withTags(axeTags)
        .setLegacyMode(true)
        .analyze()
      const said = violations.flatMap((one) =>
        one.nodes.map((node) => `${one.id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
      )
      const wide: string[] = []
      for (const each of [width === phone ? desk : phone, width]) {
        await page.setViewportSize({ width: each, height })
        const over = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        if (over > 0) wide.push(`${each} px: ${over} px too wide`)
        const captions = await page.evaluate<string[]>(captionsOutOfView)
        for (const words of captions) wide.push(`${each} px: caption out of view: ${words}`)
        if (shots) await shoot(page, `${name}-${each}`)
      }
      expect({ page: name, said, wide, faults: faults.splice(0) }).toEqual({
        page: name,
        said: [],
        wide: [],
        faults: [],
      })
    },
    close: () => context.close(),
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(shots!, { recursive: true })
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => done(port))
    })
  })
}
