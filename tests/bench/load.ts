import autocannon from 'autocannon'

/** What a load came to. Times in milliseconds. */
export interface Load {
  perSecond: number
  p50: number
  p95: number
  count: number
}

export interface LoadOptions {
  url: string
  connections: number
  /** by whichever ends first */
  seconds?: number
  amount?: number
  method?: 'GET' | 'POST'
  /** headers and body of the next request */
  next: () => { headers: Record<string, string>; body?: string }
  /** every answer must have this status, or the figure would be of something else */
  status: number
  /** and, for a redirect, lead here */
  location?: string
}

/** Sends requests over kept-alive connections as fast as they are answered, and measures each. @throws when an answer is not the wanted one */
export async function load(options: LoadOptions): Promise<Load> {
  const { pathname } = new URL(options.url)
  const times: number[] = []
  const wrong = new Map<string, number>()
  let began = 0
  let ended = 0
  const finished = Promise.withResolvers<autocannon.Result>()
  const settings: autocannon.Options = {
    url: options.url,
    connections: options.connections,
    ...(options.amount === undefined ? { duration: options.seconds ?? 3 } : { amount: options.amount }),
    timeout: 30,
    // its own statistics, which are not used, would else take a share of the processor every millisecond
    sampleInt: 500,
    requests: [
      {
        method: options.method ?? 'GET',
        path: pathname,
        setupRequest: (request) => ({ ...request, ...options.next() }),
        onResponse: (status, _body, _context, headers) => {
          const location = (headers as Record<string, string> | undefined)?.['location']
          if (status === options.status && (options.location === undefined || location === options.location)) return
          const said = `${status} ${location ?? ''}`
          wrong.set(said, (wrong.get(said) ?? 0) + 1)
        },
      },
    ],
  }
  const instance = autocannon(settings, (error, result) => (error ? finished.reject(error) : finished.resolve(result)))
  instance.on('start', () => (began = performance.now()))
  instance.on('response', (_client, _status, _bytes, milliseconds) => {
    ended = performance.now()
    times.push(milliseconds)
  })
  const result = await finished.promise
  if (result.errors > 0 || wrong.size > 0)
    throw new Error(`${options.url}: ${result.errors} errors, ${JSON.stringify([...wrong])}`)
  times.sort((a, b) => a - b)
  return {
    perSecond: times.length / ((ended - began) / 1000),
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    count: times.length,
  }
}

/** The value below which a share of sorted values lies (nearest rank). Example: of 1…20, 0.95 is 19. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
