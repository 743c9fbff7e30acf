import type { Site } from '../helpers/chromium.ts'

// every button, every link of the page's own, every form sent by script past the browser's own checks
const pressable = 'main button:not([hidden], [lang])'
const followable = 'main a[href^="/"]'
const listActs = `[
  ...[...document.querySelectorAll('${pressable}')].map((one, at) => ['button ' + at, 'button ' + one.textContent]),
  ...[...document.querySelectorAll('${followable}')].map((one, at) => ['link ' + at, 'link ' + one.textContent]),
  ...[...document.forms].map((one, at) => ['form ' + at, 'form ' + one.getAttribute('action')]),
]`
// ids, tokens and numbers away: the many questions, steps and choices of one page are one kind of thing
const kindOf = (words: string) =>
  words
    .replaceAll(/[0-9a-z-]{26,}/g, '…')
    .replaceAll(/\d+/g, 'N')
    .replace(/^link .*:.*$/, 'link to a gap')
const doAct = (what: string) => {
  const [kind, at] = what.split(' ')
  if (kind === 'form') return `(document.forms[${at}].submit(), true)`
  return `(() => {
    for (const one of document.querySelectorAll('details')) one.open = true
    const one = document.querySelectorAll('${kind === 'button' ? pressable : followable}')[${at}]
    one.click()
    return one.tagName === 'A' || (one.type === 'submit' && one.form.checkValidity())
  })()`
}

interface State {
  address: string
  /** what was pressed since, where the page cannot be opened by its address */
  acts: string[]
}

/** Presses and follows everything that is to be had from a link on, each thing of each kind of page once. @returns how much */
export async function scan(site: Site, link: string, most = 60): Promise<number> {
  const visit = await site.open()
  const { page } = visit
  const done = new Set<string>()
  const waiting: State[] = [{ address: link, acts: [] }]
  const perform = async (what: string) => {
    const moved = page.waitForNavigation({ timeout: 3000 }).catch(() => null)
    // a field that the browser itself finds empty keeps a button from sending; the form is sent by script besides
    const moves = await page.evaluate<boolean>(doAct(what)).catch(() => false)
    return moves ? moved : null
  }
  const reach = async (state: State) => {
    await visit.go(state.address)
    for (const what of state.acts) await perform(what)
  }
  const newOnes = async () => {
    const path = kindOf(new URL(page.url()).pathname)
    const kind = path === '/answer/N' ? path : `${path} ${await visit.heading()}`
    const found = await page.evaluate<[what: string, name: string][]>(listActs)
    return found
      .filter(([, name]) => !done.has(`${kind} ${kindOf(name)}`) && done.add(`${kind} ${kindOf(name)}`))
      .map(([what]) => what)
  }
  while (waiting.length > 0 && done.size < most) {
    const state = waiting.shift()!
    await reach(state)
    for (const [index, what] of (await newOnes()).entries()) {
      if (index > 0) await reach(state)
      const answer = await perform(what)
      if (!answer) continue
      const isOpenable = answer.request().method() === 'GET'
      waiting.push(
        isOpenable ? { address: page.url(), acts: [] } : { address: state.address, acts: [...state.acts, what] },
      )
    }
  }
  await visit.close()
  return done.size
}
