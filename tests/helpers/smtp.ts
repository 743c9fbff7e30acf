import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** One message as it came over the wire. */
export interface ReceivedMail {
  from: string
  to: string
  raw: string
}

/** A real mail server for tests: keeps what it accepts, and can behave as badly as real ones do. */
export interface SmtpPeer {
  url: string
  port: number
  /** accepted messages, in order */
  received: ReceivedMail[]
  /** how many times somebody connected */
  connections: number
  /** address (lower case) → reply at RCPT TO; remove an entry to let it through */
  refusals: Map<string, { code: number; text: string }>
  /** never answers: from the greeting on, or once the message was handed over */
  hangs: 'no' | 'greeting' | 'data'
  /** so many messages more are cut off in the middle of DATA */
  cutsOff: number
  /** called when a message has come in whole, before it is acknowledged */
  onReceived: (count: number) => void
  parsed: () => Promise<ParsedMail[]>
  /** Stops listening: connections are refused. */
  close: () => Promise<void>
  /** Listens again on the same port. */
  reopen: () => Promise<void>
}

export async function startSmtp(): Promise<SmtpPeer> {
  const sockets = new Set<Socket>()
  const peer: SmtpPeer = {
    url: '',
    port: 0,
    received: [],
    connections: 0,
    refusals: new Map(),
    hangs: 'no',
    cutsOff: 0,
    onReceived: () => {},
    parsed: () => Promise.all(peer.received.map((mail) => simpleParser(mail.raw))),
    close,
    reopen: listen,
  }
  let front: Server | undefined
  let smtp: SMTPServer | undefined

  async function listen(): Promise<void> {
    smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      logger: false,
      onRcptTo(address, _session, callback) {
        const refusal = peer.refusals.get(address.address.toLowerCase())
        if (refusal) callback(Object.assign(new Error(refusal.text), { responseCode: refusal.code }))
        else callback()
      },
      onData(stream, session, callback) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          if (peer.hangs === 'data') return
          if (peer.cutsOff > 0) {
            peer.cutsOff--
            for (const socket of sockets) socket.destroy()
            return
          }
          const { mailFrom, rcptTo } = session.envelope
          peer.received.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo[0]?.address ?? '',
            raw: Buffer.concat(chunks).toString('utf8'),
          })
          peer.onReceived(peer.received.length)
          callback()
        })
      },
    })
    smtp.on('error', () => undefined)
    front = createServer((socket) => {
      peer.connections++
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
      if (peer.hangs !== 'greeting') smtp?.connect(socket)
    })
    await new Promise<void>((done, fail) => {
      front?.once('error', fail)
      front?.listen(peer.port, '127.0.0.1', done)
    })
    peer.port = (front.address() as AddressInfo).port
    peer.url = `smtp://127.0.0.1:${peer.port}`
  }

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((done) => (front ? front.close(() => done()) : done()))
    front = undefined
  }

  await listen()
  return peer
}
