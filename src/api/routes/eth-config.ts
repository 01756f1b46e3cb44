import { Router } from 'express'
import { requireJsonAccepted } from '../accept-json.ts'
import type { ChainFacts } from '../chain-facts.ts'
import { JsonAnswer } from '../json-answer.ts'
import { refuseOtherMethods } from '../method-guard.ts'

/** What tools ask a beacon node for before anything else: which network this is (beacon-APIs, `apis/config`, genesis). */
export function ethConfigRoutes({ spec, forkSchedule, genesis }: ChainFacts): Router {
  const router = Router({ caseSensitive: true })
  const facts: Readonly<Record<string, object>> = {
    '/eth/v1/config/spec': spec,
    '/eth/v1/config/fork_schedule': forkSchedule,
    '/eth/v1/beacon/genesis': genesis,
  }
  const answer = new JsonAnswer<object>((data) => ({ data }))
  for (const [path, data] of Object.entries(facts)) {
    router
      .route(path)
      .get(requireJsonAccepted(), (_request, response) => void answer.send(response, data))
      .all(refuseOtherMethods('GET', 'HEAD'))
  }
  return router
}
