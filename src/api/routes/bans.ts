import { Router } from 'express'
import { jsonBody, noBody } from '../json-body.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { Operator } from '../operator.ts'
import { parseAgentBody, parseAgentParam, parseRangeBody, parseRangeParam } from '../schemas/bans.ts'

function rangeRoutes(operator: Operator, router: Router): void {
  router
    .route('/bans/ip')
    .get((_request, response) => void response.json(operator.listBannedRanges()))
    .post(...jsonBody(), async (request, response) => {
      const cidr = parseRangeBody(request.body)
      await operator.banRange(cidr)
      response.json({ status: 'ok', cidr, action: 'banned' })
    })
    .all(refuseOtherMethods('GET', 'HEAD', 'POST'))
  router
    .route('/bans/ip/:cidr')
    .delete(...noBody(), async (request, response) => {
      const cidr = parseRangeParam(request.params['cidr'])
      await operator.unbanRange(cidr)
      response.json({ status: 'ok', cidr, action: 'unbanned' })
    })
    .all(refuseOtherMethods('DELETE'))
}

function agentRoutes(operator: Operator, router: Router): void {
  router
    .route('/bans/agent')
    .get((_request, response) => void response.json(operator.listBannedAgents()))
    .post(...jsonBody(), async (request, response) => {
      const agent = parseAgentBody(request.body)
      await operator.banAgent(agent)
      response.json({ status: 'ok', agent, action: 'banned' })
    })
    .all(refuseOtherMethods('GET', 'HEAD', 'POST'))
  router
    .route('/bans/agent/:agent')
    .delete(...noBody(), async (request, response) => {
      const agent = parseAgentParam(request.params['agent'])
      await operator.unbanAgent(agent)
      response.json({ status: 'ok', agent, action: 'unbanned' })
    })
    .all(refuseOtherMethods('DELETE'))
}

/**
 * `/bans/ip` and `/bans/agent`: address ranges and agent names whose peers are kept out. Replies have a range in its
 * canonical form and an agent name in lower case, as they are kept.
 */
export function banRoutes(operator: Operator): Router {
  const router = Router({ caseSensitive: true })
  rangeRoutes(operator, router)
  agentRoutes(operator, router)
  return router
}
