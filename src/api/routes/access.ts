import { Router } from 'express'
import { jsonBody } from '../json-body.ts'
import { refuseOtherMethods } from '../method-guard.ts'
import type { Operator } from '../operator.ts'
import { parseAccessDocument } from '../schemas/access-document.ts'

/** A document with every list full of ordinary entries takes about 1.2 MB. */
const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024

/** `/access`: bans and trust as one document; putting one replaces all four lists, all or nothing. */
export function accessRoutes(operator: Operator): Router {
  const router = Router({ caseSensitive: true })
  router
    .route('/access')
    .get((_request, response) => void response.json(operator.exportAccess()))
    .put(...jsonBody(MAX_DOCUMENT_BYTES), async (request, response) => {
      const { added, removed } = await operator.importAccess(parseAccessDocument(request.body))
      response.json({ status: 'ok', action: 'imported', added, removed })
    })
    .all(refuseOtherMethods('GET', 'HEAD', 'PUT'))
  return router
}
