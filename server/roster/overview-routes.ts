import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { countHeads } from './apply-employees.ts'
import { departmentTreeOn, workplacesOn } from './departments.ts'
import { listImports, newestApplied } from './import-queries.ts'
import { findPeople, findWorkplace, giveHeadcount, headcounts } from './overview-queries.ts'
import { countTree, peopleRows, treeRows, workplaceRows } from './overview-pages.ts'
import type { AnyHandle } from './tables.ts'

const peopleAtOnce = 100
const peopleQuery = z.object({
  department: z.uuid().optional().catch(undefined),
  q: z.string().trim().max(100).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
})
const headcountBody = z.object({ headcount: z.union([z.literal(''), z.coerce.number().int().min(0).max(1_000_000)]) })

/** HR's overview and the roster as it stands today: departments, workplaces, people. */
export async function addOverviewRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'hr')
    const todayOf = (request: FastifyRequest) => dateIn(identityOf(request).timeZone, services.clock.now())

    scope.get('/hr', async (request, reply) => {
      const { companyId } = identityOf(request)
      const on = todayOf(request)
      const found = await asAudience(services, request, async (db: AnyHandle) => {
        const imports = await listImports(db, companyId, 20)
        const lastOn = await newestApplied(db, companyId, 'employees')
        const heads = await headcounts(db, companyId, on, workplacesInReach(request))
        return {
          imports,
          lastOn,
          heads,
          tree: await departmentTreeOn(db, companyId, on),
          workplaces: await workplacesOn(db, companyId, on),
        }
      })
      const people = found.heads.reduce((sum, one) => sum + one.people, 0)
      const waiting = found.imports.filter((one) => one.state === 'previewed')
      return deskPage(services, request, reply, 'roster/overview', {
        hasRoster: people > 0,
        people,
        departments: found.tree.length,
        workplaces: found.workplaces.length,
        lastOn: found.lastOn,
        waiting: waiting.map((one) => ({
          href: `/hr/roster/imports/${one.id}`,
          fileName: one.fileName,
          kindWord: services.texts.text(request.locale, `roster.kind.${one.kind}`),
          effectiveOn: one.effectiveOn,
        })),
      })
    })

    scope.get('/hr/roster', async (request, reply) => {
      const { companyId } = identityOf(request)
      const on = todayOf(request)
      const reach = workplacesInReach(request)
      const { heads, tree, workplaces } = await asAudience(services, request, async (db: AnyHandle) => ({
        heads: await headcounts(db, companyId, on, reach),
        tree: await departmentTreeOn(db, companyId, on),
        workplaces: (await workplacesOn(db, companyId, on)).filter((one) => !reach || reach.includes(one.id)),
      }))
      const counted = countTree(tree, heads)
      return deskPage(services, request, reply, 'roster/roster', {
        today: on,
        mayImport: reach === undefined,
        people: heads.reduce((sum, one) => sum + one.people, 0),
        treeRows: treeRows(request.locale, counted),
        ...workplaceRows(services.texts, request.locale, workplaces, heads),
      })
    })

    scope.get('/hr/roster/people', async (request, reply) => {
      const { companyId } = identityOf(request)
      const on = todayOf(request)
      const { department, q, page } = peopleQuery.parse(request.query)
      const from = (page - 1) * peopleAtOnce
      const { people, name } = await asAudience(services, request, async (db: AnyHandle) => ({
        name: department && (await departmentTreeOn(db, companyId, on)).find((one) => one.id === department)?.name,
        people: await findPeople(db, companyId, on, {
          departmentId: department,
          typed: q,
          workplaceIds: workplacesInReach(request),
          from,
          most: peopleAtOnce + 1,
        }),
      }))
      const address = (to: number) =>
        `/hr/roster/people?${new URLSearchParams({ ...(department && { department }), ...(q && { q }), page: String(to) }).toString()}`
      return deskPage(services, request, reply, 'roster/people', {
        departmentName: name,
        department: department ?? '',
        typed: q ?? '',
        ...peopleRows(services.texts, request.locale, identityOf(request).timeZone, people.slice(0, peopleAtOnce)),
        previous: page > 1 ? address(page - 1) : undefined,
        next: people.length > peopleAtOnce ? address(page + 1) : undefined,
      })
    })

    scope.get('/hr/roster/workplaces/:id', async (request, reply) => {
      const { companyId } = identityOf(request)
      const workplace = await asAudience(services, request, (db: AnyHandle) =>
        findWorkplace(db, companyId, idIn(request)),
      )
      if (!workplace) throw new Problem('not_found')
      const typed = workplace.isGiven && workplace.headcountFor50 !== null ? String(workplace.headcountFor50) : ''
      return deskPage(services, request, reply, 'roster/workplace', { workplace, typed })
    })

    scope.post('/hr/roster/workplaces/:id', async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const id = idIn(request)
      const body = headcountBody.safeParse(request.body)
      if (!body.success) {
        const workplace = await asAudience(services, request, (db: AnyHandle) => findWorkplace(db, companyId, id))
        if (!workplace) throw new Problem('not_found')
        const given = (request.body as { headcount?: unknown } | undefined)?.headcount
        const typed = typeof given === 'string' ? given.slice(0, 20) : ''
        const message = services.texts.text(request.locale, 'roster.workplace.wrong')
        const errors = [{ field: 'headcount', message }]
        return deskPage(services, request, reply, 'roster/workplace', { workplace, typed, errors }, { status: 400 })
      }
      return once(services, request, reply, async (db: AnyHandle) => {
        const at = services.clock.now()
        if (!(await findWorkplace(db, companyId, id))) throw new Problem('not_found')
        await giveHeadcount(db, companyId, id, body.data.headcount === '' ? null : body.data.headcount)
        await countHeads(db, companyId, todayOf(request))
        await recordAudit(db, companyId, at, {
          actorKind: 'staff',
          actorId: subjectId,
          actorRole: 'hr',
          action: 'workplace.headcount_given',
          reason: 'roster.audit.headcount',
          objectKind: 'workplace',
          objectId: id,
          requestId: request.id,
        })
        return '/hr/roster'
      })
    })
  })
}

/** The workplace of the address, if the person's role reaches it. @throws {Problem} not_found */
function idIn(request: FastifyRequest): string {
  const id = idOf(request)
  const reach = workplacesInReach(request)
  if (reach && !reach.includes(id)) throw new Problem('not_found')
  return id
}
