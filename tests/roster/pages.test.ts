import iconv from 'iconv-lite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, signInAs, type Browser } from '../helpers/browser.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'
import { departmentsCsv, employees, person, rosterOfCompany } from './files.ts'

let world: World
let company: TestCompany
let hr: Browser
let userId: string
let roster: ReturnType<typeof rosterOfCompany>

beforeAll(async () => {
  world = await createWorld()
  company = await world.company()
  roster = rosterOfCompany(world, company.companyId)
  const signedIn = await signInAs(world, company, 'hr')
  hr = signedIn.browser
  userId = signedIn.userId
})
afterAll(() => world.close())

async function send(
  browser: Browser,
  kind: 'departments' | 'employees',
  content: string | Buffer,
  on = '2026-11-01',
): Promise<Browser> {
  await browser.get('/hr/roster/import')
  return browser.upload(
    '/hr/roster/imports',
    { field: 'file', fileName: `${kind}.csv`, content },
    { kind, effective_on: on },
  )
}

test('an empty company is led to its first import', async () => {
  await hr.get('/hr')
  expect(hr.status).toBe(200)
  expect(hr.text).toContain('まず名簿を取り込みます')
  await hr.get('/hr/roster')
  expect(hr.text).toContain('まだ名簿がありません')
  await hr.get('/hr/roster/headings/employees.csv')
  expect(hr.raw.toString()).toContain('社員番号,姓,名,性別')
  // what is offered to fill in is what is read back
  await hr.get('/hr/roster/headings/departments.csv')
  const filled = `${hr.raw.toString()}D0,本社,,,,\n`
  await send(hr, 'departments', filled)
  expect(hr.text).toContain('反映すると1行分が変わります')
})

test('choose, look, apply: both files through the pages', async () => {
  await send(hr, 'departments', departmentsCsv)
  expect(hr.url).toMatch(/^\/hr\/roster\/imports\/[0-9a-f-]{36}$/)
  expect(hr.text).toContain('反映すると4行分が変わります')
  expect(hr.text).toContain('D21 製造一課 追加 新しい部署です')
  await hr.submit(/\/apply$/)
  expect(hr.url).toContain('told=applied')
  expect(hr.text).toContain('名簿に反映しました')

  await send(
    hr,
    'employees',
    iconv.encode(
      employees(person('E1'), person('E2', { department: 'D21' }), person('E3', { kind: 'パート' })),
      'shift_jis',
    ),
  )
  await hr.submit(/\/apply$/)
  await hr.get('/hr/roster')
  expect(hr.text).toContain('2026年11月2日の名簿には3人います')
  expect(hr.text).toContain('本社 W1 3 2 50人未満')
  await hr.follow('製造一課')
  expect(hr.text).toContain('E2 架空 E2 製造一課 本社 正社員')
  expect(hr.text).not.toContain('E1 架空')
  await hr.get('/hr/roster/people')
  await hr.submit('/hr/roster/people', { q: 'e3@' })
  expect(hr.text).toContain('E3 架空 E3 営業部 本社 パート')
  // one line to type into, whatever else the page holds
  expect(hr.html).toContain('type="search" value="e3@"')
  await hr.get('/hr/roster/people?q=%25')
  expect(hr.text).toContain('当てはまる人はいません')
  await hr.get('/hr')
  expect(hr.text).toContain('3人')
})

test('wrong lines: shown with their reason, listed as a CSV that no spreadsheet runs, nothing to confirm', async () => {
  await send(
    hr,
    'employees',
    employees(person('E1', { department: 'D9' }), person('E2', { family: '=1+1' }), person('E3', { kind: 'パート' })),
  )
  expect(hr.text).toContain('2行に誤りがあります')
  expect(hr.text).toContain('部署コード「D9」の部署がありません')
  expect(hr.forms().filter((form) => form.action.endsWith('/apply'))).toEqual([])
  const here = hr.url
  await hr.post(`${here}/apply`)
  expect(hr.text).toContain('誤りのある行があるため反映できません')
  await hr.get(`${here}?show=unchanged`)
  expect(hr.text).toContain('E3 架空 E3 変更なし')
  await hr.get(`${here}/wrong.csv`)
  expect(hr.headers['content-type']).toBe('text/csv; charset=utf-8')
  const csv = hr.raw.toString()
  expect(csv.startsWith('\ufeff行,対象,列,内容,値\r\n')).toBe(true)
  expect(csv).toContain("3,E2 E2,姓,姓「=1+1」は表計算ソフトの数式に見えます。先頭の記号を取り除いてください。,'=1+1")
  await hr.get(here, { 'accept-language': 'en' })
  await hr.get(`${here}?lang=en`)
  expect(hr.text).toContain('2 lines are wrong')
  expect(hr.text).toContain('there is no department “D9”')
  await hr.get(`${here}?lang=ja`)
  await hr.submit(/\/discard$/)
  expect(hr.url).toBe('/hr/roster/imports')
  expect(hr.text).toContain('取りやめ')
})

test('days in remarks are written as the reader writes them; what a cell holds stays as it was typed', async () => {
  await send(
    hr,
    'employees',
    employees(person('E1', { birth: '1985-06-07' }), person('E3', { left: '2026-12-31' }), person('E7')),
  )
  const here = hr.url
  expect(hr.text).toContain('生年月日 1985年5月5日 → 1985年6月7日')
  expect(hr.text).toContain('退職日 2026年12月31日')
  expect(hr.text).toContain('新しく加わります(入社日 2020年4月1日)')
  await hr.get(`${here}?lang=en`)
  expect(hr.text).toContain('5 May 1985 → 7 June 1985')
  await hr.get(`${here}?lang=ja`)
  await hr.submit(/\/discard$/)
  await send(hr, 'employees', employees(person('E1', { birth: '1999-02-30' })))
  expect(hr.text).toContain('生年月日「1999-02-30」という日付はありません')
  await hr.submit(/\/discard$/)
})

test('the same file again says so; a stale preview cannot be applied', async () => {
  const file = employees(person('E1', { family: '架空改' }))
  await send(hr, 'employees', file)
  const first = hr.url
  await send(hr, 'employees', file)
  const second = hr.url
  expect(hr.text).toContain('ファイルに載っていない2件は、そのまま残ります')
  await hr.get(`${second}?show=absent`)
  expect(hr.text).toContain('E2 架空 E2')
  await hr.get(second)
  await hr.submit(/\/apply$/)
  await hr.get(first)
  await hr.submit(/\/apply$/)
  expect(hr.text).toContain('確認の後に別の取り込みが反映されました')
  await send(hr, 'employees', file)
  expect(hr.text).toContain('名簿と同じ内容です')
  expect(hr.text).toContain('まったく同じファイルが2026年11月2日')
  await hr.get('/hr/roster/imports')
  expect(hr.text).toContain('反映済み')
})

test('an unreadable file, no file, a wrong date: said on the page', async () => {
  await send(hr, 'employees', Buffer.from([0xff, 0xfe, 0x41, 0x00]))
  expect(hr.text).toContain('UTF-16')
  expect(hr.text).toContain('名簿は変わっていません')
  await hr.get('/hr/roster/import')
  await hr.upload(
    '/hr/roster/imports',
    { field: 'file', fileName: '', content: '' },
    { kind: 'employees', effective_on: 'gestern' },
  )
  expect(hr.status).toBe(400)
  expect(hr.errors()).toEqual(['日付を入力してください。', 'CSVファイルを選んでください。'])
  expect(hr.title).toContain('エラー')
})

test('a file beyond the limit is refused, not cut off', async () => {
  const count = async () =>
    (await world.superuser.query('SELECT count(*)::int AS n FROM roster_import')).rows[0].n as number
  const before = await count()
  await send(
    hr,
    'employees',
    Buffer.concat([Buffer.from(employees(person('E1'))), Buffer.alloc(60 * 1024 * 1024, 'E5,x\n')]),
  )
  expect(hr.status).toBe(413)
  expect(await count()).toBe(before)
})

test('pressing twice imports once and applies once', async () => {
  await hr.get('/hr/roster/import')
  const form = hr.form('/hr/roster/imports')
  const hidden = Object.fromEntries(form.fields.filter(([name]) => name === 'form_id'))
  const count = async () =>
    (await world.superuser.query('SELECT count(*)::int AS n FROM roster_import')).rows[0].n as number
  const before = await count()
  const file = { field: 'file', fileName: 'x.csv', content: employees(person('E7')) }
  await hr.upload('/hr/roster/imports', file, { kind: 'employees', effective_on: '2026-11-01' })
  const first = hr.url
  await hr.get('/hr/roster/import')
  await hr.upload('/hr/roster/imports', file, { kind: 'employees', effective_on: '2026-11-01', ...hidden })
  expect(hr.url).toBe(first)
  expect(await count()).toBe(before + 1)
  await hr.submit(/\/apply$/)
  await hr.post(`${first}/apply`)
  expect(hr.text).toContain('名簿に反映しました')
  const { rows } = await world.superuser.query(
    "SELECT actor_id FROM audit_entry WHERE action = 'roster.applied' AND object_id = $1",
    [first.split('/').at(-1)],
  )
  expect(rows).toEqual([{ actor_id: userId }])
  const jobs = await world.superuser.query(
    "SELECT count(*)::int AS n FROM job_request WHERE name = 'graduations.find-leavers' AND object_id = $1",
    [first.split('/').at(-1)],
  )
  expect(jobs.rows[0].n).toBe(1)
})

test('progress is told as JSON', async () => {
  await send(hr, 'employees', employees(person('E7')))
  await hr.get(`${hr.url}/progress`, { accept: 'application/json' })
  expect(JSON.parse(hr.raw.toString())).toMatchObject({ done: true, words: expect.stringContaining('行') as string })
})

test('the number that decides about 50 can be given by hand and taken back', async () => {
  await hr.get('/hr/roster')
  await hr.follow('変更する')
  await hr.submit(/workplaces/, { headcount: 'viele' })
  expect(hr.status).toBe(400)
  expect(hr.errors()).toEqual(['0以上の整数を入力してください。'])
  await hr.submit(/workplaces/, { headcount: '53' })
  expect(hr.text).toContain('本社 W1 53 3 50人以上')
  // an import counts again, but not where a number was given
  await roster.take('employees', employees(person('E8')), '2026-11-01')
  await hr.get('/hr/roster')
  expect(hr.text).toContain('本社 W1 53 4 50人以上')
  await hr.follow('変更する')
  await hr.submit(/workplaces/, { headcount: '' })
  expect(hr.text).toContain('本社 W1 5 4 50人未満')
})

test('a file without CSRF token or session is not even put down; other roles and companies see nothing', async () => {
  const app = await world.app()
  const stranger = openBrowser(app)
  const before = await world.superuser.query('SELECT count(*) AS n FROM roster_import')
  await stranger.get('/hr/roster/import')
  expect(stranger.status).toBe(401)
  const boundary = 'x'
  const body = `--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nemployees\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${'a'.repeat(300_000)}\r\n--x--\r\n`
  const post = (cookie: string) =>
    app.inject({
      method: 'POST',
      url: '/hr/roster/imports',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, cookie },
      payload: body,
    })
  expect((await post('')).statusCode).toBe(401)
  const cookie = [...hr.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  expect((await post(cookie)).statusCode).toBe(403)
  expect((await world.superuser.query('SELECT count(*) AS n FROM roster_import')).rows).toEqual(before.rows)

  const other = (await signInAs(world, await world.company(), 'hr')).browser
  const { rows } = await world.superuser.query('SELECT id FROM roster_import WHERE company_id = $1 LIMIT 1', [
    company.companyId,
  ])
  const id = (rows[0] as { id: string }).id
  for (const path of ['', '/wrong.csv', '/progress']) {
    await other.get(`/hr/roster/imports/${id}${path}`)
    expect(other.status).toBe(404)
  }
  await other.get('/hr/roster')
  expect(other.text).toContain('まだ名簿がありません')
  const physician = (await signInAs(world, company, 'physician')).browser
  await physician.get('/hr/roster')
  expect(physician.status).toBe(403)
})
