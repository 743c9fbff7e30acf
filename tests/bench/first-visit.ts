import { request } from 'node:http'
import type { Stage } from './stage.ts'

export interface FirstVisit {
  page: string
  requests: number
  /** bodies as they come over the wire, compressed as browsers ask for it */
  bytes: number
}

/** What a browser that has never been here loads for the page behind the link, and then, with what it has kept, for the first page of questions. */
export async function measureFirstVisit(stage: Stage): Promise<FirstVisit[]> {
  const [sitting] = await stage.sittings(1)
  const landing = `/a/${await stage.survey.token('E001')}`
  const kept = new Set<string>()
  return [
    { page: 'landing page', ...(await visit(stage.server.url, landing, '', kept)) },
    {
      page: 'then the first page of questions',
      ...(await visit(stage.server.url, '/answer/1', sitting!.cookie, kept)),
    },
  ]
}

async function visit(
  base: string,
  path: string,
  cookie: string,
  kept: Set<string>,
): Promise<{ requests: number; bytes: number }> {
  const plain = await fetch(`${base}${path}`, { headers: { cookie } })
  if (plain.status !== 200) throw new Error(`${path.slice(0, 3)}… answered ${plain.status}`)
  const html = await plain.text()
  // stylesheets, icon, scripts and pictures that the page names
  const parts = [
    ...html.matchAll(/<link\b[^>]*\bhref="([^"]+)"/g),
    ...html.matchAll(/<(?:script|img)\b[^>]*\bsrc="([^"]+)"/g),
  ]
    .map((match) => match[1]!.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'))
    .filter((part) => !kept.has(part))
  let bytes = await transferred(`${base}${path}`, cookie)
  for (const part of parts) {
    bytes += await transferred(new URL(part, base).href, cookie)
    // served as unchanging for a year
    kept.add(part)
  }
  return { requests: 1 + parts.length, bytes }
}

function transferred(url: string, cookie: string): Promise<number> {
  return new Promise((done, fail) => {
    const asked = request(url, { headers: { cookie, 'accept-encoding': 'gzip, deflate, br' } }, (answer) => {
      let bytes = 0
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length))
      answer.on('error', fail)
      answer.on('end', () => (answer.statusCode === 200 ? done(bytes) : fail(new Error(`${answer.statusCode}`))))
    })
    asked.on('error', fail)
    asked.end()
  })
}
